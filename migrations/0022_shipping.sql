-- Zones are told by country ('*' is everywhere else), region and postal code; '' is all of it. Two zones never share an
-- area; of overlapping ones the narrower holds.
CREATE TABLE shipping_areas (
  country TEXT NOT NULL,
  region TEXT NOT NULL,
  postal_pattern TEXT NOT NULL,
  zone_id TEXT NOT NULL REFERENCES shipping_zones (id),
  PRIMARY KEY (country, region, postal_pattern)
) STRICT, WITHOUT ROWID;
CREATE INDEX shipping_areas_by_zone ON shipping_areas (zone_id);
INSERT INTO shipping_areas SELECT country, '', '', zone_id FROM shipping_zone_countries;
DROP TABLE shipping_zone_countries;

ALTER TABLE shipping_zones ADD COLUMN position INTEGER NOT NULL DEFAULT 0;
ALTER TABLE shipping_zones ADD COLUMN version INTEGER NOT NULL DEFAULT 1;
ALTER TABLE shipping_zones ADD COLUMN created_at INTEGER NOT NULL DEFAULT 0;
ALTER TABLE shipping_zones ADD COLUMN updated_at INTEGER NOT NULL DEFAULT 0;

CREATE TABLE pickup_locations (
  id TEXT PRIMARY KEY,
  name TEXT NOT NULL,
  line1 TEXT NOT NULL,
  line2 TEXT,
  city TEXT NOT NULL,
  region TEXT,
  postal_code TEXT NOT NULL,
  country TEXT NOT NULL,
  version INTEGER NOT NULL,
  created_at INTEGER NOT NULL,
  updated_at INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

-- steps: JSON array of {currency, from, amount}; free_over: JSON object, currency -> minor units; rule: JSON object, read
-- by domain/shipping.ts.
ALTER TABLE shipping_rates ADD COLUMN kind TEXT NOT NULL DEFAULT 'flat'
  CONSTRAINT shipping_rates_kind CHECK (kind IN ('flat', 'weight', 'price', 'quantity', 'carrier'));
ALTER TABLE shipping_rates ADD COLUMN steps TEXT NOT NULL DEFAULT '[]';
ALTER TABLE shipping_rates ADD COLUMN free_over TEXT NOT NULL DEFAULT '{}';
ALTER TABLE shipping_rates ADD COLUMN rule TEXT NOT NULL DEFAULT '{}';
ALTER TABLE shipping_rates ADD COLUMN service TEXT;
ALTER TABLE shipping_rates ADD COLUMN pickup_location_id TEXT REFERENCES pickup_locations (id);
CREATE INDEX shipping_rates_by_zone ON shipping_rates (zone_id);
CREATE INDEX shipping_rates_by_pickup ON shipping_rates (pickup_location_id) WHERE pickup_location_id IS NOT NULL;
UPDATE shipping_rates SET steps = (SELECT json_group_array(json_object('currency', currency, 'from', 0, 'amount', amount))
  FROM shipping_rate_prices AS p WHERE p.rate_id = shipping_rates.id);
DROP TABLE shipping_rate_prices;
