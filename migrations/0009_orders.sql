-- A snapshot: nothing here is looked up in the catalog again. totals, addresses and promotions (the uses it claimed)
-- are JSON.
-- cart_version says which cart was ordered. number is taken at confirmation, so numbers have no gaps.
CREATE TABLE orders (
  id TEXT PRIMARY KEY,
  number INTEGER,
  cart_id TEXT NOT NULL,
  cart_version INTEGER NOT NULL,
  owner_id TEXT NOT NULL,
  status TEXT NOT NULL CONSTRAINT orders_status CHECK (status IN ('pending', 'confirmed', 'completed', 'cancelled')),
  payment_status TEXT NOT NULL CONSTRAINT orders_payment_status CHECK (payment_status IN
    ('pending', 'authorized', 'paid', 'partially_refunded', 'refunded', 'failed', 'voided')),
  fulfillment_status TEXT NOT NULL CONSTRAINT orders_fulfillment_status CHECK (fulfillment_status IN
    ('unfulfilled', 'partially_fulfilled', 'fulfilled')),
  email TEXT NOT NULL,
  customer_key TEXT NOT NULL,
  currency TEXT NOT NULL,
  country TEXT NOT NULL,
  locale TEXT NOT NULL,
  total_amount INTEGER NOT NULL CONSTRAINT orders_total CHECK (total_amount >= 0),
  amount_due INTEGER NOT NULL CONSTRAINT orders_amount_due CHECK (amount_due BETWEEN 0 AND total_amount),
  totals TEXT NOT NULL,
  shipping TEXT,
  discount_codes TEXT NOT NULL,
  promotions TEXT NOT NULL,
  rounding TEXT NOT NULL,
  shipping_address TEXT,
  billing_address TEXT,
  note TEXT,
  metadata TEXT NOT NULL,
  created_at INTEGER NOT NULL,
  updated_at INTEGER NOT NULL,
  confirmed_at INTEGER
) STRICT, WITHOUT ROWID;
-- Never two orders for a cart: a cancelled one makes room for the next.
CREATE UNIQUE INDEX orders_one_per_cart ON orders (cart_id) WHERE status <> 'cancelled';
CREATE UNIQUE INDEX orders_number ON orders (number) WHERE number IS NOT NULL;
CREATE INDEX orders_by_owner ON orders (owner_id, id);
-- What recover looks through: orders that wait for money.
CREATE INDEX orders_pending ON orders (id) WHERE status = 'pending';

-- discounts and taxes: JSON arrays of the line's allocations, from which refunds are computed.
CREATE TABLE order_lines (
  order_id TEXT NOT NULL REFERENCES orders (id),
  id TEXT NOT NULL,
  position INTEGER NOT NULL,
  product_id TEXT NOT NULL,
  variant_id TEXT NOT NULL,
  sku TEXT,
  handle TEXT NOT NULL,
  title TEXT NOT NULL,
  variant_title TEXT NOT NULL,
  image_url TEXT,
  attributes TEXT NOT NULL,
  quantity INTEGER NOT NULL CONSTRAINT order_line_quantity CHECK (quantity > 0),
  requires_shipping INTEGER NOT NULL,
  unit_amount INTEGER NOT NULL,
  compare_at_unit_amount INTEGER,
  subtotal INTEGER NOT NULL,
  discount INTEGER NOT NULL,
  tax INTEGER NOT NULL,
  total INTEGER NOT NULL,
  discounts TEXT NOT NULL,
  taxes TEXT NOT NULL,
  PRIMARY KEY (order_id, id)
) STRICT, WITHOUT ROWID;

-- Every change of one of an order's three lifecycles. The key is the lock of a race and the trail of an audit in one.
CREATE TABLE order_moves (
  order_id TEXT NOT NULL REFERENCES orders (id),
  lifecycle TEXT NOT NULL CONSTRAINT order_moves_lifecycle CHECK (lifecycle IN ('order', 'payment', 'fulfillment')),
  seq INTEGER NOT NULL,
  from_status TEXT,
  to_status TEXT NOT NULL,
  actor TEXT NOT NULL,
  reason TEXT NOT NULL,
  at INTEGER NOT NULL,
  PRIMARY KEY (order_id, lifecycle, seq)
) STRICT, WITHOUT ROWID;

-- The last number given. One row, raised in the batch that confirms an order: gapless, because that batch is atomic.
CREATE TABLE order_numbers (
  name TEXT PRIMARY KEY,
  last INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
INSERT INTO order_numbers (name, last) VALUES ('order', 1000);
