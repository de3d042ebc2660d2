-- vat_id: of a buyer who accounts for the tax.
ALTER TABLE carts ADD COLUMN vat_id TEXT;
-- Carts end in the order they were last changed, because every change moves the end: one index finds those that are over
-- and those that nobody has touched for an hour.
CREATE INDEX carts_open ON carts (expires_at) WHERE status = 'open';

-- How far a sweep has come: carts that end before `until` have been looked at.
CREATE TABLE cart_sweeps (
  name TEXT PRIMARY KEY,
  until INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

-- Like seen_available: the rules of the variant's quantity as they were when the line was last changed.
ALTER TABLE cart_lines ADD COLUMN min_quantity INTEGER NOT NULL DEFAULT 1;
ALTER TABLE cart_lines ADD COLUMN max_quantity INTEGER;
ALTER TABLE cart_lines ADD COLUMN quantity_step INTEGER NOT NULL DEFAULT 1;
