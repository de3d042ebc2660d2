-- A manual collection lists its products in the staff's order; one with rules takes every product that meets them.
-- rules is a JSON array of {field, operator, value}; watches_stock says that one of them looks at availability.
ALTER TABLE collections ADD COLUMN status TEXT NOT NULL DEFAULT 'active'
  CONSTRAINT collections_status CHECK (status IN ('draft', 'active'));
ALTER TABLE collections ADD COLUMN kind TEXT NOT NULL DEFAULT 'manual'
  CONSTRAINT collections_kind CHECK (kind IN ('manual', 'rules'));
ALTER TABLE collections ADD COLUMN match TEXT NOT NULL DEFAULT 'all'
  CONSTRAINT collections_match CHECK (match IN ('all', 'any'));
ALTER TABLE collections ADD COLUMN rules TEXT NOT NULL DEFAULT '[]';
ALTER TABLE collections ADD COLUMN watches_stock INTEGER NOT NULL DEFAULT 0;
ALTER TABLE collections ADD COLUMN sort TEXT NOT NULL DEFAULT 'manual';
ALTER TABLE collections ADD COLUMN seo_title TEXT;
ALTER TABLE collections ADD COLUMN seo_description TEXT;
ALTER TABLE collections ADD COLUMN image TEXT;
ALTER TABLE collections ADD COLUMN metadata TEXT NOT NULL DEFAULT '{}';
ALTER TABLE collections ADD COLUMN private_metadata TEXT NOT NULL DEFAULT '{}';
ALTER TABLE collections ADD COLUMN custom_fields TEXT NOT NULL DEFAULT '{}';
CREATE INDEX collections_in_order ON collections (position, id);
CREATE INDEX collections_with_rules ON collections (kind, watches_stock) WHERE kind = 'rules';
CREATE INDEX collection_products_in_order ON collection_products (collection_id, position, product_id DESC);

CREATE TABLE collection_handles (
  handle TEXT PRIMARY KEY,
  collection_id TEXT NOT NULL REFERENCES collections (id),
  replaced_at INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX collection_handles_by_collection ON collection_handles (collection_id);
