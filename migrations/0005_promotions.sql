-- effect and conditions are JSON, read by domain/promotion.ts. Limits are columns because the row itself guards them.
CREATE TABLE promotions (
  id TEXT PRIMARY KEY,
  title TEXT NOT NULL,
  status TEXT NOT NULL CONSTRAINT promotions_status CHECK (status IN ('active', 'paused', 'archived')),
  method TEXT NOT NULL CONSTRAINT promotions_method CHECK (method IN ('automatic', 'code')),
  priority INTEGER NOT NULL,
  effect TEXT NOT NULL,
  conditions TEXT NOT NULL,
  starts_at INTEGER,
  ends_at INTEGER,
  usage_limit INTEGER,
  customer_limit INTEGER,
  used INTEGER NOT NULL,
  version INTEGER NOT NULL,
  created_at INTEGER NOT NULL,
  updated_at INTEGER NOT NULL,
  CONSTRAINT promotion_exhausted CHECK (used >= 0 AND (usage_limit IS NULL OR used <= usage_limit))
) STRICT, WITHOUT ROWID;
CREATE INDEX promotions_automatic ON promotions (method, status);

-- Codes are compared upper case.
CREATE TABLE promotion_codes (
  code TEXT PRIMARY KEY,
  promotion_id TEXT NOT NULL REFERENCES promotions (id)
) STRICT, WITHOUT ROWID;
CREATE INDEX promotion_codes_by_promotion ON promotion_codes (promotion_id);

-- A use is claimed when an order is placed and leaves when that order is cancelled, so promotions.used = COUNT(*).
CREATE TABLE promotion_uses (
  promotion_id TEXT NOT NULL REFERENCES promotions (id),
  order_id TEXT NOT NULL,
  customer_key TEXT NOT NULL,
  code TEXT,
  amount INTEGER NOT NULL,
  at INTEGER NOT NULL,
  PRIMARY KEY (promotion_id, order_id)
) STRICT, WITHOUT ROWID;

-- customer_key: SHA-256 of the normalised e-mail, so that a guest's second order counts. limit_at_use is the
-- promotion's customer_limit when it was claimed.
CREATE TABLE promotion_customers (
  promotion_id TEXT NOT NULL REFERENCES promotions (id),
  customer_key TEXT NOT NULL,
  used INTEGER NOT NULL,
  limit_at_use INTEGER,
  PRIMARY KEY (promotion_id, customer_key),
  CONSTRAINT promotion_customer_limit CHECK (used >= 0 AND (limit_at_use IS NULL OR used <= limit_at_use))
) STRICT, WITHOUT ROWID;
