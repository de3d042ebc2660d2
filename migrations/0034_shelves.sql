-- Lists read narrow tables: a product and a shelf are a number each, and no row carries a name or an id of 31 characters.
-- Without that a million products would fill the database.

-- What products stand on or are counted by. Shelves that lists walk are as before: 'all', a collection's id, a category's id
-- (its own products and those of its descendants), 'own:' and a category's id, 'vendor:' and a vendor, 'tag:' and a tag.
-- Others are only filtered by and counted: 'available' or 'sold_out', 'available:<currency>:<market>' where it can also be
-- paid for there, 'option:' and a JSON array of an option's name and value, and 'price:<currency>:<market>:<bucket>'
-- (src/domain/price-bucket.ts). kind is 'all', 'collection', 'category', 'own', 'vendor', 'tag', 'available' (for 'sold_out'
-- too), 'available:<currency>:<market>', 'option' or 'price:<currency>:<market>'.
CREATE TABLE shelves (
  number INTEGER PRIMARY KEY AUTOINCREMENT,
  name TEXT NOT NULL UNIQUE,
  kind TEXT NOT NULL
) STRICT;

-- Derived: a published product, as lists and the search index know it. A number is never given twice, because the index
-- forgets a product a little later than the lists do.
-- shelves is a JSON array of all its shelves' numbers, ascending; next_shelves is what it becomes in the batch that derives.
-- on_sale says that the time it was derived at was between published_at and unpublished_at. due_at is when time alone makes
-- it wrong: it is published, goes, or its price changes.
CREATE TABLE listed_products (
  number INTEGER PRIMARY KEY AUTOINCREMENT,
  product_id TEXT NOT NULL UNIQUE REFERENCES products (id),
  published_at INTEGER NOT NULL,
  unpublished_at INTEGER NOT NULL,
  on_sale INTEGER NOT NULL,
  sold INTEGER NOT NULL,
  due_at INTEGER NOT NULL,
  shelves TEXT NOT NULL,
  next_shelves TEXT
) STRICT;
CREATE INDEX listed_products_due ON listed_products (due_at) WHERE due_at < 9007199254740991;

-- Pieces of a product that were sold lately, counted from the orders: what best selling sorts by.
CREATE TABLE product_sales (
  product_id TEXT PRIMARY KEY REFERENCES products (id),
  units INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

-- Derived: how many products of a shelf that are on sale also stand on another one. Of shelves that people open: all,
-- collections, categories, vendors.
CREATE TABLE facet_counts (
  shelf INTEGER NOT NULL REFERENCES shelves (number),
  value INTEGER NOT NULL REFERENCES shelves (number),
  kind TEXT NOT NULL,
  products INTEGER NOT NULL CONSTRAINT facet_counts_not_negative CHECK (products >= 0),
  PRIMARY KEY (shelf, value)
) STRICT, WITHOUT ROWID;
CREATE INDEX facet_counts_by_kind ON facet_counts (shelf, kind, products DESC, value);
CREATE INDEX facet_counts_empty ON facet_counts (shelf) WHERE products = 0;

-- Products whose entry in the search index may be out of date: the index's outbox. A change marks them in its own batch;
-- revision tells one mark from every other, so that whoever has indexed an older state knows that there is a newer one.
-- forced is 1 where the entry is written anew although nothing of it has changed.
CREATE TABLE stale_documents (
  product_id TEXT PRIMARY KEY REFERENCES products (id),
  revision INTEGER NOT NULL,
  forced INTEGER NOT NULL DEFAULT 0
) STRICT, WITHOUT ROWID;

ALTER TABLE listings RENAME TO old_listings;
ALTER TABLE listing_prices RENAME TO old_listing_prices;

-- product and shelf are numbers of listed_products and shelves.
CREATE TABLE listings (
  product INTEGER NOT NULL REFERENCES listed_products (number),
  shelf INTEGER NOT NULL REFERENCES shelves (number),
  position INTEGER NOT NULL,
  rank INTEGER NOT NULL GENERATED ALWAYS AS (-position) VIRTUAL,
  title TEXT NOT NULL,
  published_at INTEGER NOT NULL,
  unpublished_at INTEGER NOT NULL,
  sold INTEGER NOT NULL,
  PRIMARY KEY (product, shelf)
) STRICT, WITHOUT ROWID;

CREATE TABLE listing_prices (
  product INTEGER NOT NULL REFERENCES listed_products (number),
  shelf INTEGER NOT NULL REFERENCES shelves (number),
  currency TEXT NOT NULL,
  market_id TEXT NOT NULL,
  valid_from INTEGER NOT NULL,
  valid_until INTEGER NOT NULL,
  min_amount INTEGER NOT NULL,
  PRIMARY KEY (product, shelf, currency, market_id, valid_from)
) STRICT, WITHOUT ROWID;

INSERT INTO shelves (name, kind)
  SELECT shelf, CASE WHEN shelf = 'all' THEN 'all' WHEN shelf LIKE 'own:%' THEN 'own' WHEN shelf LIKE 'vendor:%' THEN 'vendor'
      WHEN shelf LIKE 'tag:%' THEN 'tag' WHEN shelf LIKE 'cat\_%' ESCAPE '\' THEN 'category' ELSE 'collection' END
  FROM (SELECT DISTINCT shelf FROM old_listings) ORDER BY shelf;
-- Their other shelves are derived like everything that is marked below.
INSERT INTO listed_products (product_id, published_at, unpublished_at, on_sale, sold, due_at, shelves)
  SELECT product_id, published_at, unpublished_at, 0, 0, 9007199254740991, '[]'
  FROM old_listings WHERE shelf = 'all' ORDER BY product_id;
INSERT INTO listings (product, shelf, position, title, published_at, unpublished_at, sold)
  SELECT n.number, s.number, o.position, o.title, o.published_at, o.unpublished_at, 0
  FROM old_listings AS o JOIN listed_products AS n ON n.product_id = o.product_id JOIN shelves AS s ON s.name = o.shelf;
INSERT INTO listing_prices
  SELECT n.number, s.number, o.currency, o.market_id, o.valid_from, o.valid_until, o.min_amount
  FROM old_listing_prices AS o JOIN listed_products AS n ON n.product_id = o.product_id JOIN shelves AS s ON s.name = o.shelf;
DROP TABLE old_listing_prices;
DROP TABLE old_listings;

CREATE INDEX listings_newest ON listings (shelf, published_at, product);
CREATE INDEX listings_by_title ON listings (shelf, title, product);
CREATE INDEX listings_by_rank ON listings (shelf, rank, product);
CREATE INDEX listings_best_selling ON listings (shelf, sold, product);
CREATE INDEX listing_prices_by_amount ON listing_prices (shelf, currency, market_id, min_amount, product, valid_until);
-- When a price on a shelf next changes, by what is known. Most prices have no end: they are left out.
CREATE INDEX listing_prices_by_end ON listing_prices (shelf, valid_until) WHERE valid_until < 9007199254740991;

-- A sale or a delivery that makes a variant sold out, or ends that, may move its product in or out of a collection, and
-- changes what it is counted as; so does a level that is opened.
DROP TRIGGER stale_listings_by_stock;
CREATE TRIGGER stale_listings_by_stock AFTER UPDATE OF on_hand, held, policy, backorder_limit, active ON stock_levels
WHEN NEW.sellable <> OLD.sellable
BEGIN
  INSERT INTO stale_listings (product_id) SELECT product_id FROM variants WHERE id = NEW.variant_id
    ON CONFLICT DO NOTHING;
END;

DROP TRIGGER stock_alerts_by_opening;
CREATE TRIGGER stock_alerts_by_opening AFTER INSERT ON stock_levels
WHEN NEW.sellable = 1
  AND EXISTS (SELECT 1 FROM stock_levels WHERE variant_id = NEW.variant_id AND location_id <> NEW.location_id)
  AND NOT EXISTS (SELECT 1 FROM stock_levels
    WHERE variant_id = NEW.variant_id AND location_id <> NEW.location_id AND sellable = 1)
BEGIN
  INSERT INTO stock_alerts (variant_id, state, crossed, told) VALUES (NEW.variant_id, 'out', 1, 0)
    ON CONFLICT (variant_id) DO UPDATE SET crossed = crossed + 1;
  INSERT INTO stale_listings (product_id) SELECT product_id FROM variants WHERE id = NEW.variant_id
    ON CONFLICT DO NOTHING;
END;

INSERT INTO stale_listings (product_id) SELECT id FROM products WHERE true ON CONFLICT DO NOTHING;
