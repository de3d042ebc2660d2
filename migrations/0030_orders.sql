-- A parcel, or several that left together. Its key begins with its order: it is only ever read with it. location_id names a
-- place as it was then, and refers to nothing: the place may be gone later. tracking: JSON {carrier, number, url}.
CREATE TABLE fulfillments (
  order_id TEXT NOT NULL REFERENCES orders (id),
  id TEXT NOT NULL,
  version INTEGER NOT NULL,
  status TEXT NOT NULL CONSTRAINT fulfillments_status CHECK (status IN ('shipped', 'delivered')),
  location_id TEXT,
  tracking TEXT,
  actor TEXT NOT NULL,
  created_at INTEGER NOT NULL,
  updated_at INTEGER NOT NULL,
  delivered_at INTEGER,
  PRIMARY KEY (order_id, id),
  CONSTRAINT fulfillments_delivered CHECK ((status = 'delivered') = (delivered_at IS NOT NULL))
) STRICT, WITHOUT ROWID;

-- What is in it: append-only, and order_lines.fulfilled_quantity is the sum.
CREATE TABLE fulfillment_lines (
  order_id TEXT NOT NULL,
  fulfillment_id TEXT NOT NULL,
  line_id TEXT NOT NULL,
  quantity INTEGER NOT NULL CONSTRAINT fulfillment_line_quantity CHECK (quantity > 0),
  PRIMARY KEY (order_id, fulfillment_id, line_id),
  FOREIGN KEY (order_id, fulfillment_id) REFERENCES fulfillments (order_id, id),
  FOREIGN KEY (order_id, line_id) REFERENCES order_lines (order_id, id)
) STRICT, WITHOUT ROWID;

-- Tries to look an order up by its number and e-mail, by hour and by what was named. The hour (hours since 1970) comes first,
-- so that the cron removes what is over without an index. subject: `number:1042`, or `email:` and the customer's key.
CREATE TABLE order_lookups (
  hour INTEGER NOT NULL,
  subject TEXT NOT NULL,
  tries INTEGER NOT NULL,
  PRIMARY KEY (hour, subject)
) STRICT, WITHOUT ROWID;

-- What staff look for, newest first. Each of these holds few of all orders, so that a page of it reads no other ones: those
-- that are at work, were given up, wait to be captured, or have money that went back. An order that is paid at once and
-- shipped stands in the first of them for a while, and that is its one row. Completed orders, most of all there are, need no
-- index: whoever walks all of them comes across one at every step.
CREATE INDEX orders_confirmed ON orders (id) WHERE status = 'confirmed';
CREATE INDEX orders_cancelled ON orders (id) WHERE status = 'cancelled';
CREATE INDEX orders_authorized ON orders (id) WHERE payment_status = 'authorized';
CREATE INDEX orders_refunded ON orders (id) WHERE payment_status IN ('partially_refunded', 'refunded');

-- A customer's orders, now also those that were cancelled: staff search for them too. An index that does not look at the status
-- is not written again when the status moves, which is the row that orders_confirmed costs at confirmation.
DROP INDEX orders_by_customer;
CREATE INDEX orders_by_customer ON orders (customer_key, id);
