-- prices gains quantity breaks (min_quantity) and the time its amount, or its being a reduction, began (since). A leaf of
-- the schema: nothing refers to it, so it is rebuilt in place.
CREATE TABLE prices_before AS SELECT * FROM prices;
DROP TABLE prices;
CREATE TABLE prices (
  variant_id TEXT NOT NULL REFERENCES variants (id),
  currency TEXT NOT NULL,
  market_id TEXT NOT NULL,
  min_quantity INTEGER NOT NULL CONSTRAINT prices_min_quantity CHECK (min_quantity >= 1),
  amount INTEGER NOT NULL CONSTRAINT prices_not_negative CHECK (amount >= 0),
  compare_at_amount INTEGER,
  since INTEGER NOT NULL,
  PRIMARY KEY (variant_id, currency, market_id, min_quantity)
) STRICT, WITHOUT ROWID;
INSERT INTO prices SELECT b.variant_id, b.currency, b.market_id, 1, b.amount, b.compare_at_amount,
    (SELECT p.updated_at FROM variants AS v JOIN products AS p ON p.id = v.product_id WHERE v.id = b.variant_id)
  FROM prices_before AS b;
DROP TABLE prices_before;
-- Whether a market has any: most prices hold everywhere and are left out.
CREATE INDEX prices_of_markets ON prices (market_id) WHERE market_id <> '';

-- What was asked before, where prices and price_lists do not tell it any more: the lowest price of the 30 days before a
-- reduction is read from here (Directive 98/6/EC, article 6a). price_list_id '' is a regular price. It is walked from
-- the newest back.
CREATE TABLE price_history (
  variant_id TEXT NOT NULL REFERENCES variants (id),
  until_at INTEGER NOT NULL,
  currency TEXT NOT NULL,
  market_id TEXT NOT NULL,
  price_list_id TEXT NOT NULL,
  from_at INTEGER NOT NULL,
  amount INTEGER NOT NULL,
  PRIMARY KEY (variant_id, until_at, currency, market_id, price_list_id, from_at, amount)
) STRICT, WITHOUT ROWID;

-- A list of prices that holds for a time (a sale), for a group of customers, in a market, or any of these together.
-- Whoever may use several prices gets the lowest. market_id '' is every market.
CREATE TABLE price_lists (
  id TEXT PRIMARY KEY,
  title TEXT NOT NULL,
  status TEXT NOT NULL CONSTRAINT price_lists_status CHECK (status IN ('active', 'paused', 'archived')),
  market_id TEXT NOT NULL,
  customer_group_id TEXT REFERENCES customer_groups (id),
  starts_at INTEGER NOT NULL,
  ends_at INTEGER NOT NULL,
  version INTEGER NOT NULL,
  created_at INTEGER NOT NULL,
  updated_at INTEGER NOT NULL,
  CONSTRAINT price_lists_period CHECK (starts_at < ends_at)
) STRICT, WITHOUT ROWID;

CREATE INDEX price_lists_by_group ON price_lists (customer_group_id);

CREATE TABLE price_list_prices (
  variant_id TEXT NOT NULL REFERENCES variants (id),
  price_list_id TEXT NOT NULL REFERENCES price_lists (id),
  currency TEXT NOT NULL,
  min_quantity INTEGER NOT NULL CONSTRAINT price_list_prices_min_quantity CHECK (min_quantity >= 1),
  amount INTEGER NOT NULL CONSTRAINT price_list_prices_not_negative CHECK (amount >= 0),
  since INTEGER NOT NULL,
  PRIMARY KEY (variant_id, price_list_id, currency, min_quantity)
) STRICT, WITHOUT ROWID;
CREATE INDEX price_list_prices_by_list ON price_list_prices (price_list_id, variant_id);

-- Derived, for what list cards show and sort by: a product's lowest and highest public price in a currency, for each span
-- of time between two changes that are already known. market_id '' is everywhere; markets with prices of their own have
-- rows of their own.
DROP TABLE product_prices;
CREATE TABLE product_prices (
  product_id TEXT NOT NULL REFERENCES products (id),
  currency TEXT NOT NULL,
  market_id TEXT NOT NULL,
  valid_from INTEGER NOT NULL,
  valid_until INTEGER NOT NULL,
  min_amount INTEGER NOT NULL,
  max_amount INTEGER NOT NULL,
  min_compare_at_amount INTEGER,
  max_compare_at_amount INTEGER,
  PRIMARY KEY (product_id, currency, market_id, valid_from)
) STRICT, WITHOUT ROWID;
INSERT INTO product_prices
  SELECT v.product_id, p.currency, '', 0, 9007199254740991, min(p.amount), max(p.amount),
    min(p.compare_at_amount), max(p.compare_at_amount)
  FROM prices AS p JOIN variants AS v ON v.id = p.variant_id
  WHERE v.archived = 0 AND p.market_id = '' GROUP BY v.product_id, p.currency;
