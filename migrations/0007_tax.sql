-- included: catalog prices already contain the tax of this country. Rates are parts per million: 20 % = 200000.
CREATE TABLE tax_zones (
  id TEXT PRIMARY KEY,
  country TEXT NOT NULL UNIQUE,
  name TEXT NOT NULL,
  included INTEGER NOT NULL CONSTRAINT tax_zones_included CHECK (included IN (0, 1)),
  shipping_category TEXT
) STRICT, WITHOUT ROWID;

CREATE TABLE tax_rates (
  zone_id TEXT NOT NULL REFERENCES tax_zones (id),
  category TEXT NOT NULL,
  name TEXT NOT NULL,
  rate_ppm INTEGER NOT NULL CONSTRAINT tax_rates_ppm CHECK (rate_ppm BETWEEN 0 AND 1000000),
  PRIMARY KEY (zone_id, category)
) STRICT, WITHOUT ROWID;
