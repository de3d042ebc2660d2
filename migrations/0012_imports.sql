-- report: JSON, what the import did row by row, so that a repeated request shows the same answer.
CREATE TABLE imports (
  id TEXT PRIMARY KEY,
  report TEXT NOT NULL,
  created_at INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
