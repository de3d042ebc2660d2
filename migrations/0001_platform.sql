-- Feeding the view a code aborts the whole batch with that code; feeding it no row does nothing and writes nothing.
-- It turns "an UPDATE that matched no row" into a refusal:
--   INSERT INTO guard SELECT 'cart_conflict' WHERE changes() <> 1;
CREATE VIEW guard AS SELECT NULL AS code;
CREATE TRIGGER guard_fail INSTEAD OF INSERT ON guard BEGIN SELECT RAISE(ABORT, NEW.code); END;

-- One row a POST that had an effect. id = SHA-256 of caller, method, path and key. status is null while a provider is
-- being asked; resource_id names what a replay renders again. Bodies are not stored, so no secret is.
CREATE TABLE idempotency_keys (
  id TEXT PRIMARY KEY,
  fingerprint TEXT NOT NULL,
  status INTEGER,
  resource_id TEXT NOT NULL,
  created_at INTEGER NOT NULL,
  expires_at INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

-- Events for higher rows and the outside, committed with their cause, relayed to the queue afterwards.
CREATE TABLE outbox (
  id TEXT PRIMARY KEY,
  topic TEXT NOT NULL,
  subject_id TEXT NOT NULL,
  payload TEXT NOT NULL,
  created_at INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE audit_log (
  id TEXT PRIMARY KEY,
  at INTEGER NOT NULL,
  actor TEXT NOT NULL,
  action TEXT NOT NULL,
  subject_id TEXT NOT NULL,
  change TEXT NOT NULL,
  request_id TEXT NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX audit_log_by_subject ON audit_log (subject_id, at);

-- The catalog's clock: every change of what a storefront can see raises it in the batch of the change. A cached value
-- carries the number it was read at, so "older than this change" is one comparison.
CREATE TABLE generations (
  name TEXT PRIMARY KEY,
  value INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
INSERT INTO generations (name, value) VALUES ('catalog', 1);
