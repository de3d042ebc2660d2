-- A zone was one country: it is areas now, told like those of shipping, and has several taxes a category.
CREATE TABLE new_tax_zones (
  id TEXT PRIMARY KEY,
  name TEXT NOT NULL,
  included INTEGER NOT NULL CONSTRAINT tax_zones_included CHECK (included IN (0, 1)),
  shipping_rule TEXT NOT NULL
    CONSTRAINT tax_zones_shipping_rule CHECK (shipping_rule IN ('untaxed', 'category', 'like_goods')),
  shipping_category TEXT,
  rounding_mode TEXT NOT NULL CONSTRAINT tax_zones_rounding_mode CHECK (rounding_mode IN ('half_up', 'half_even')),
  rounding_level TEXT NOT NULL CONSTRAINT tax_zones_rounding_level CHECK (rounding_level IN ('line', 'unit')),
  reverse_charge INTEGER NOT NULL CONSTRAINT tax_zones_reverse_charge CHECK (reverse_charge IN (0, 1)),
  position INTEGER NOT NULL,
  version INTEGER NOT NULL,
  created_at INTEGER NOT NULL,
  updated_at INTEGER NOT NULL,
  CONSTRAINT tax_zones_shipping CHECK ((shipping_rule = 'category') = (shipping_category IS NOT NULL))
) STRICT, WITHOUT ROWID;
INSERT INTO new_tax_zones
SELECT id, name, included, iif(shipping_category IS NULL, 'untaxed', 'category'), shipping_category, 'half_up', 'line', 0, 0,
  1, 0, 0
FROM tax_zones;

CREATE TABLE tax_areas (
  country TEXT NOT NULL,
  region TEXT NOT NULL,
  postal_pattern TEXT NOT NULL,
  zone_id TEXT NOT NULL REFERENCES new_tax_zones (id),
  PRIMARY KEY (country, region, postal_pattern)
) STRICT, WITHOUT ROWID;
CREATE INDEX tax_areas_by_zone ON tax_areas (zone_id);
INSERT INTO tax_areas SELECT country, '', '', id FROM tax_zones;

-- compound: on the price and all taxes of the category before it. Rates are parts per million: 20 % = 200000.
CREATE TABLE new_tax_rates (
  zone_id TEXT NOT NULL REFERENCES new_tax_zones (id),
  category TEXT NOT NULL,
  position INTEGER NOT NULL,
  name TEXT NOT NULL,
  rate_ppm INTEGER NOT NULL CONSTRAINT tax_rates_ppm CHECK (rate_ppm BETWEEN 0 AND 1000000),
  compound INTEGER NOT NULL CONSTRAINT tax_rates_compound CHECK (compound IN (0, 1)),
  PRIMARY KEY (zone_id, category, position)
) STRICT, WITHOUT ROWID;
INSERT INTO new_tax_rates SELECT zone_id, category, 0, name, rate_ppm, 0 FROM tax_rates;

DROP TABLE tax_rates;
DROP TABLE tax_zones;
ALTER TABLE new_tax_zones RENAME TO tax_zones;
ALTER TABLE new_tax_rates RENAME TO tax_rates;
