-- What product_sales is the sum of: pieces of a product that were sold on a day, by when their order was confirmed, less
-- those that money was given back for since. day counts from 1970, in UTC. Days before the window leave.
CREATE TABLE product_sales_days (
  product_id TEXT NOT NULL,
  day INTEGER NOT NULL,
  units INTEGER NOT NULL,
  PRIMARY KEY (product_id, day)
) STRICT, WITHOUT ROWID;
CREATE INDEX product_sales_days_by_day ON product_sales_days (day);

-- Pieces of an order that were taken off its day already: what staff do to an order is looked at more than once. Few orders
-- have any.
CREATE TABLE sales_returns (
  day INTEGER NOT NULL,
  order_id TEXT NOT NULL REFERENCES orders (id),
  product_id TEXT NOT NULL,
  units INTEGER NOT NULL,
  PRIMARY KEY (day, order_id, product_id)
) STRICT, WITHOUT ROWID;

-- How far the count has come, one row. number: orders up to it are counted; an order takes its number in the commit that
-- confirms it, so that none of a lower number comes later. act: what staff did up to this entry of audit_log is taken off.
-- since: the first day that nothing was left out of. published_at: when product_sales was last up to date.
CREATE TABLE sales_counts (
  id INTEGER PRIMARY KEY CHECK (id = 1),
  number INTEGER NOT NULL,
  act TEXT NOT NULL,
  since INTEGER NOT NULL,
  published_at INTEGER NOT NULL
) STRICT;
INSERT INTO sales_counts (id, number, act, since, published_at)
  SELECT 1, coalesce((SELECT min(number) FROM orders WHERE number IS NOT NULL) - 1, last), '', 0, 0
  FROM order_numbers WHERE name = 'order';

-- Products whose days have changed since product_sales was made of them.
CREATE TABLE unpublished_sales (product_id TEXT PRIMARY KEY) STRICT, WITHOUT ROWID;
CREATE TRIGGER unpublished_sales_by_new_day AFTER INSERT ON product_sales_days
BEGIN
  INSERT INTO unpublished_sales (product_id) VALUES (NEW.product_id) ON CONFLICT DO NOTHING;
END;
CREATE TRIGGER unpublished_sales_by_day AFTER UPDATE OF units ON product_sales_days
BEGIN
  INSERT INTO unpublished_sales (product_id) VALUES (NEW.product_id) ON CONFLICT DO NOTHING;
END;
CREATE TRIGGER unpublished_sales_by_lost_day AFTER DELETE ON product_sales_days
BEGIN
  INSERT INTO unpublished_sales (product_id) VALUES (OLD.product_id) ON CONFLICT DO NOTHING;
END;
