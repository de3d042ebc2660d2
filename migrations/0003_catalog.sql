-- countries and locales are JSON arrays; the first locale is the default one.
CREATE TABLE markets (
  id TEXT PRIMARY KEY,
  name TEXT NOT NULL,
  currency TEXT NOT NULL,
  countries TEXT NOT NULL,
  locales TEXT NOT NULL,
  tax_included INTEGER NOT NULL CONSTRAINT markets_tax_included CHECK (tax_included IN (0, 1)),
  position INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

-- options: JSON array of names in order; tags: sorted JSON array.
CREATE TABLE products (
  id TEXT PRIMARY KEY,
  handle TEXT NOT NULL UNIQUE,
  title TEXT NOT NULL,
  description_html TEXT NOT NULL,
  vendor TEXT NOT NULL,
  product_type TEXT NOT NULL,
  status TEXT NOT NULL CONSTRAINT products_status CHECK (status IN ('draft', 'active', 'archived')),
  options TEXT NOT NULL,
  tags TEXT NOT NULL,
  seo_title TEXT,
  seo_description TEXT,
  metadata TEXT NOT NULL,
  private_metadata TEXT NOT NULL,
  version INTEGER NOT NULL,
  created_at INTEGER NOT NULL,
  updated_at INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
-- The newest first: ids are time-ordered, so the id itself is the key.
CREATE INDEX products_listed ON products (status, id);
CREATE INDEX products_by_title ON products (status, title, id);
CREATE INDEX products_by_vendor ON products (vendor, status, id);

CREATE TABLE product_tags (
  tag TEXT NOT NULL,
  product_id TEXT NOT NULL REFERENCES products (id),
  PRIMARY KEY (tag, product_id)
) STRICT, WITHOUT ROWID;
CREATE INDEX product_tags_by_product ON product_tags (product_id);

CREATE TABLE images (
  id TEXT PRIMARY KEY,
  product_id TEXT NOT NULL REFERENCES products (id),
  position INTEGER NOT NULL,
  url TEXT NOT NULL,
  alt TEXT NOT NULL,
  width INTEGER,
  height INTEGER
) STRICT, WITHOUT ROWID;
CREATE INDEX images_by_product ON images (product_id, position);

-- options: JSON object, option name -> chosen value. option_key is its canonical form: one variant a combination.
-- A variant that left the product keeps its row (orders and stock point to it) with archived = 1.
CREATE TABLE variants (
  id TEXT PRIMARY KEY,
  product_id TEXT NOT NULL REFERENCES products (id),
  position INTEGER NOT NULL,
  sku TEXT,
  title TEXT NOT NULL,
  options TEXT NOT NULL,
  option_key TEXT NOT NULL,
  barcode TEXT,
  weight_grams INTEGER NOT NULL,
  requires_shipping INTEGER NOT NULL,
  taxable INTEGER NOT NULL,
  tax_category TEXT NOT NULL,
  image_id TEXT,
  archived INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX variants_by_product ON variants (product_id, position);
CREATE UNIQUE INDEX variants_option_key ON variants (product_id, option_key) WHERE archived = 0;
CREATE UNIQUE INDEX variants_sku ON variants (sku) WHERE sku IS NOT NULL AND archived = 0;

-- market_id '' is the price everywhere; a market's own price wins over it.
CREATE TABLE prices (
  variant_id TEXT NOT NULL REFERENCES variants (id),
  currency TEXT NOT NULL,
  market_id TEXT NOT NULL,
  amount INTEGER NOT NULL CONSTRAINT prices_not_negative CHECK (amount >= 0),
  compare_at_amount INTEGER,
  PRIMARY KEY (variant_id, currency, market_id)
) STRICT, WITHOUT ROWID;

-- Derived from variants and prices in the batch that changes them: what a list card shows and sorts by.
CREATE TABLE product_prices (
  product_id TEXT NOT NULL REFERENCES products (id),
  currency TEXT NOT NULL,
  min_amount INTEGER NOT NULL,
  max_amount INTEGER NOT NULL,
  min_compare_at_amount INTEGER,
  max_compare_at_amount INTEGER,
  PRIMARY KEY (product_id, currency)
) STRICT, WITHOUT ROWID;
CREATE INDEX product_prices_by_amount ON product_prices (currency, min_amount, product_id);

CREATE TABLE collections (
  id TEXT PRIMARY KEY,
  handle TEXT NOT NULL UNIQUE,
  title TEXT NOT NULL,
  description_html TEXT NOT NULL,
  position INTEGER NOT NULL,
  version INTEGER NOT NULL,
  created_at INTEGER NOT NULL,
  updated_at INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE collection_products (
  collection_id TEXT NOT NULL REFERENCES collections (id),
  product_id TEXT NOT NULL REFERENCES products (id),
  position INTEGER NOT NULL,
  PRIMARY KEY (collection_id, product_id)
) STRICT, WITHOUT ROWID;
CREATE INDEX collection_products_by_product ON collection_products (product_id);
