-- Imports of any size: an import has parts, each of which is a file of its own that is uploaded, saved and repeated by itself.
-- What was kept of imports until now, one report each, becomes an import of one part.
CREATE TABLE old_imports (id TEXT PRIMARY KEY, report TEXT NOT NULL, created_at INTEGER NOT NULL) STRICT, WITHOUT ROWID;
INSERT INTO old_imports SELECT id, report, created_at FROM imports;
DROP TABLE imports;

-- The counts are sums over the parts, kept in the commits that change those: progress is one row.
-- `parts` have been received, `parts_done` of them need nothing more. `rows` are those of CSV, or lines.
-- `problems` counts every error, those that are not listed too. `updated_at` is when a part last moved.
-- `tidied` is 0 while import_handles may have rows of it.
CREATE TABLE imports (
  id TEXT PRIMARY KEY,
  status TEXT NOT NULL CHECK (status IN ('open', 'finished', 'expired')),
  dry_run INTEGER NOT NULL CHECK (dry_run IN (0, 1)),
  stock TEXT NOT NULL CHECK (stock IN ('keep', 'overwrite')),
  parts INTEGER NOT NULL,
  parts_done INTEGER NOT NULL,
  rows INTEGER NOT NULL,
  created INTEGER NOT NULL,
  updated INTEGER NOT NULL,
  unchanged INTEGER NOT NULL,
  refused INTEGER NOT NULL,
  problems INTEGER NOT NULL,
  tidied INTEGER NOT NULL CHECK (tidied IN (0, 1)),
  created_at INTEGER NOT NULL,
  updated_at INTEGER NOT NULL,
  finished_at INTEGER,
  CONSTRAINT import_parts_counted CHECK (parts_done BETWEEN 0 AND parts)
) STRICT, WITHOUT ROWID;

-- Those that the cron has something to do with: open ones end when nobody goes on with them, others are tidied.
CREATE INDEX imports_to_sweep ON imports (status, updated_at) WHERE tidied = 0;

-- A part: what was uploaded under its number, and how far it has been saved.
-- hash: SHA-256 of its bytes, hex: the same again is harmless, another one is refused.
-- done: how many of its products have been dealt with, in their order. It moves in the commit that saves them, so that none is
-- saved twice, whoever dies or repeats what.
-- errors: JSON, [{line, column, detail}], the first of them; `problems` counts all.
CREATE TABLE import_parts (
  import_id TEXT NOT NULL REFERENCES imports (id),
  number INTEGER NOT NULL CHECK (number BETWEEN 1 AND 10000),
  type TEXT NOT NULL,
  hash TEXT NOT NULL,
  rows INTEGER NOT NULL,
  products INTEGER NOT NULL,
  done INTEGER NOT NULL,
  created INTEGER NOT NULL,
  updated INTEGER NOT NULL,
  unchanged INTEGER NOT NULL,
  refused INTEGER NOT NULL,
  problems INTEGER NOT NULL,
  created_at INTEGER NOT NULL,
  updated_at INTEGER NOT NULL,
  errors TEXT NOT NULL,
  PRIMARY KEY (import_id, number),
  CONSTRAINT import_part_cursor CHECK (done BETWEEN 0 AND products)
) STRICT, WITHOUT ROWID;

-- What an import lists of its errors is read of these alone, however many parts it has.
CREATE INDEX import_parts_with_problems ON import_parts (import_id, number) WHERE problems > 0;

-- Which part each product of an import was in: the second part that has it would undo the first. Gone some minutes after the
-- import is over. It has no foreign key: every product would look for its import.
CREATE TABLE import_handles (
  import_id TEXT NOT NULL,
  handle TEXT NOT NULL,
  part INTEGER NOT NULL,
  PRIMARY KEY (import_id, handle)
) STRICT, WITHOUT ROWID;

INSERT INTO imports (id, status, dry_run, stock, parts, parts_done, rows, created, updated, unchanged, refused, problems, tidied,
    created_at, updated_at, finished_at)
  SELECT id, 'finished', 0, 'keep', 1, 1, report ->> '$.rows', report ->> '$.products.created', report ->> '$.products.updated',
    report ->> '$.products.unchanged', 0, json_array_length(report, '$.errors'), 1, created_at, created_at, created_at
  FROM old_imports;
INSERT INTO import_parts (import_id, number, type, hash, rows, products, done, created, updated, unchanged, refused, problems,
    created_at, updated_at, errors)
  SELECT i.id, 1, 'text/csv', '', i.rows, i.created + i.updated + i.unchanged, i.created + i.updated + i.unchanged, i.created,
    i.updated, i.unchanged, 0, i.problems, i.created_at, i.created_at, o.report -> '$.errors'
  FROM old_imports AS o JOIN imports AS i ON i.id = o.id;
DROP TABLE old_imports;
