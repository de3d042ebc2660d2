-- Derived: which published products stand on which shelf of the storefront, with what a list sorts by, so that a page of
-- any shelf in any order is a range of an index, whatever the size of the catalog. A shelf is 'all', a collection's id, a
-- category's id (its own products and those of its descendants), 'own:' and a category's id (its own alone), 'vendor:' and
-- a vendor, 'tag:' and a tag.
-- rank is the position counted down: products of one position stand the newest first, and an index that a page begins
-- in the middle of has to run one way in both.
CREATE TABLE listings (
  product_id TEXT NOT NULL REFERENCES products (id),
  shelf TEXT NOT NULL,
  position INTEGER NOT NULL,
  rank INTEGER NOT NULL GENERATED ALWAYS AS (-position) VIRTUAL,
  title TEXT NOT NULL,
  published_at INTEGER NOT NULL,
  unpublished_at INTEGER NOT NULL,
  PRIMARY KEY (product_id, shelf)
) STRICT, WITHOUT ROWID;
CREATE INDEX listings_newest ON listings (shelf, published_at, product_id);
CREATE INDEX listings_by_title ON listings (shelf, title, product_id);
CREATE INDEX listings_by_rank ON listings (shelf, rank, product_id);

CREATE TABLE listing_prices (
  product_id TEXT NOT NULL REFERENCES products (id),
  shelf TEXT NOT NULL,
  currency TEXT NOT NULL,
  market_id TEXT NOT NULL,
  valid_from INTEGER NOT NULL,
  valid_until INTEGER NOT NULL,
  min_amount INTEGER NOT NULL,
  PRIMARY KEY (product_id, shelf, currency, market_id, valid_from)
) STRICT, WITHOUT ROWID;
CREATE INDEX listing_prices_by_amount ON listing_prices (shelf, currency, market_id, min_amount, product_id, valid_until);
-- When a price on a shelf next changes, by what is known. Most prices have no end: they are left out.
CREATE INDEX listing_prices_by_end ON listing_prices (shelf, valid_until) WHERE valid_until < 9007199254740991;

-- Products whose listings may be out of date: whoever changes more at once than fits a request leaves them here, and they
-- are derived again chunk by chunk.
CREATE TABLE stale_listings (product_id TEXT PRIMARY KEY REFERENCES products (id)) STRICT, WITHOUT ROWID;

-- A sale or a delivery that makes a variant sold out, or ends that, may move its product in or out of a collection.
CREATE TRIGGER stale_listings_by_stock AFTER UPDATE OF on_hand, held, policy, backorder_limit ON stock_levels
WHEN (NEW.policy = 'untracked' OR NEW.on_hand - NEW.held >
      CASE NEW.policy WHEN 'deny' THEN 0 ELSE -coalesce(NEW.backorder_limit, 9007199254740991) END)
  <> (OLD.policy = 'untracked' OR OLD.on_hand - OLD.held >
      CASE OLD.policy WHEN 'deny' THEN 0 ELSE -coalesce(OLD.backorder_limit, 9007199254740991) END)
  AND EXISTS (SELECT 1 FROM collections WHERE kind = 'rules' AND watches_stock = 1)
BEGIN
  INSERT INTO stale_listings (product_id) SELECT product_id FROM variants WHERE id = NEW.variant_id
    ON CONFLICT DO NOTHING;
END;

INSERT INTO listings
  SELECT p.id, 'all', 0, p.title, p.published_at, 9007199254740991 FROM products AS p WHERE p.status = 'active';
INSERT INTO listings
  SELECT p.id, c.collection_id, c.position, p.title, p.published_at, 9007199254740991
  FROM collection_products AS c JOIN products AS p ON p.id = c.product_id WHERE p.status = 'active';
INSERT INTO listings
  SELECT p.id, 'vendor:' || p.vendor, 0, p.title, p.published_at, 9007199254740991 FROM products AS p
  WHERE p.status = 'active' AND p.vendor <> '';
INSERT INTO listings
  SELECT p.id, 'tag:' || t.tag, 0, p.title, p.published_at, 9007199254740991
  FROM product_tags AS t JOIN products AS p ON p.id = t.product_id WHERE p.status = 'active';
INSERT INTO listing_prices
  SELECT l.product_id, l.shelf, p.currency, p.market_id, p.valid_from, p.valid_until, p.min_amount
  FROM listings AS l JOIN product_prices AS p ON p.product_id = l.product_id;

-- What walked the products themselves before there were shelves.
DROP INDEX products_listed;
DROP INDEX products_by_title;
DROP INDEX products_by_vendor;
