-- A product is on sale while its status is active and published_at <= now < unpublished_at.
ALTER TABLE products ADD COLUMN published_at INTEGER;
ALTER TABLE products ADD COLUMN unpublished_at INTEGER;
ALTER TABLE products ADD COLUMN category_id TEXT REFERENCES categories (id);
ALTER TABLE products ADD COLUMN custom_fields TEXT NOT NULL DEFAULT '{}';
UPDATE products SET published_at = created_at WHERE status = 'active';
CREATE INDEX products_by_category ON products (category_id) WHERE category_id IS NOT NULL;

-- Unit pricing (Directive 98/6/EC): what one piece contains, and the quantity its price is compared by. Both or neither.
ALTER TABLE variants ADD COLUMN unit_quantity INTEGER;
ALTER TABLE variants ADD COLUMN unit TEXT;
ALTER TABLE variants ADD COLUMN reference_quantity INTEGER;
ALTER TABLE variants ADD COLUMN reference_unit TEXT;

CREATE TABLE product_handles (
  handle TEXT PRIMARY KEY,
  product_id TEXT NOT NULL REFERENCES products (id),
  replaced_at INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

-- What staff say goes with a product, in their order.
CREATE TABLE related_products (
  product_id TEXT NOT NULL REFERENCES products (id),
  related_id TEXT NOT NULL REFERENCES products (id),
  position INTEGER NOT NULL,
  PRIMARY KEY (product_id, related_id)
) STRICT, WITHOUT ROWID;

-- Fields that a shop adds to products or collections: values are checked by these and stored as JSON with the subject.
CREATE TABLE custom_fields (
  id TEXT PRIMARY KEY,
  subject TEXT NOT NULL CONSTRAINT custom_fields_subject CHECK (subject IN ('product', 'collection')),
  key TEXT NOT NULL,
  title TEXT NOT NULL,
  type TEXT NOT NULL,
  visibility TEXT NOT NULL CONSTRAINT custom_fields_visibility CHECK (visibility IN ('public', 'private')),
  options TEXT NOT NULL,
  version INTEGER NOT NULL,
  created_at INTEGER NOT NULL,
  updated_at INTEGER NOT NULL,
  UNIQUE (subject, key)
) STRICT, WITHOUT ROWID;
