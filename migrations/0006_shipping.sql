CREATE TABLE shipping_zones (
  id TEXT PRIMARY KEY,
  name TEXT NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE shipping_zone_countries (
  country TEXT PRIMARY KEY,
  zone_id TEXT NOT NULL REFERENCES shipping_zones (id)
) STRICT, WITHOUT ROWID;

CREATE TABLE shipping_rates (
  id TEXT PRIMARY KEY,
  zone_id TEXT NOT NULL REFERENCES shipping_zones (id),
  name TEXT NOT NULL,
  description TEXT NOT NULL,
  position INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE shipping_rate_prices (
  rate_id TEXT NOT NULL REFERENCES shipping_rates (id),
  currency TEXT NOT NULL,
  amount INTEGER NOT NULL CONSTRAINT shipping_rate_prices_not_negative CHECK (amount >= 0),
  PRIMARY KEY (rate_id, currency)
) STRICT, WITHOUT ROWID;
