-- No foreign key to catalog or order tables: carts may move to databases of their own, chosen by the id's shard slot.
-- order_id is the cart's live order, null again when that order is cancelled. refusals: JSON object, promotion id ->
-- reason, what a complete found out that a cart's own data cannot tell. Addresses, codes and metadata are JSON.
-- customer_key: SHA-256 of the normalised e-mail, which promotions count by.
CREATE TABLE carts (
  id TEXT PRIMARY KEY,
  owner_id TEXT NOT NULL,
  version INTEGER NOT NULL,
  status TEXT NOT NULL CONSTRAINT carts_status CHECK (status IN ('open', 'completed', 'merged', 'expired')),
  currency TEXT NOT NULL,
  country TEXT NOT NULL,
  locale TEXT NOT NULL,
  email TEXT,
  customer_key TEXT,
  shipping_address TEXT,
  billing_address TEXT,
  shipping_option_id TEXT,
  discount_codes TEXT NOT NULL,
  refusals TEXT NOT NULL,
  note TEXT,
  metadata TEXT NOT NULL,
  order_id TEXT,
  merged_into TEXT,
  catalog_generation INTEGER NOT NULL,
  created_at INTEGER NOT NULL,
  updated_at INTEGER NOT NULL,
  expires_at INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

-- attributes_key is the canonical JSON of attributes: the same variant with the same attributes is one line.
-- seen_*: what the shopper was last told, written by mutations only. seen_available null means without limit.
CREATE TABLE cart_lines (
  cart_id TEXT NOT NULL REFERENCES carts (id),
  variant_id TEXT NOT NULL,
  attributes_key TEXT NOT NULL,
  id TEXT NOT NULL,
  quantity INTEGER NOT NULL CONSTRAINT cart_line_quantity CHECK (quantity BETWEEN 1 AND 9999),
  attributes TEXT NOT NULL,
  seen_unit_amount INTEGER,
  seen_currency TEXT,
  seen_available INTEGER,
  created_at INTEGER NOT NULL,
  PRIMARY KEY (cart_id, variant_id, attributes_key)
) STRICT, WITHOUT ROWID;
