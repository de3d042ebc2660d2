-- accepted: the attempt that pays for its order; every other one that brings money is given back.
-- released: what was authorized and will not be captured any more. disputed: what the shopper's bank has taken back for now.
ALTER TABLE payments ADD COLUMN accepted INTEGER NOT NULL DEFAULT 0;
ALTER TABLE payments ADD COLUMN released INTEGER NOT NULL DEFAULT 0
  CONSTRAINT released_exceeds_authorized CHECK (released >= 0 AND captured + released <= amount);
ALTER TABLE payments ADD COLUMN disputed INTEGER NOT NULL DEFAULT 0 CONSTRAINT payment_disputed CHECK (disputed >= 0);
ALTER TABLE payments ADD COLUMN authorization_expires_at INTEGER;
UPDATE payments SET accepted = 1 WHERE status IN ('authorized', 'captured')
  AND order_id IN (SELECT id FROM orders WHERE number IS NOT NULL)
  AND NOT EXISTS (SELECT 1 FROM refunds AS r WHERE r.payment_id = payments.id AND r.reason <> 'requested');
-- What is authorized already ends as it would at most providers.
UPDATE payments SET authorization_expires_at = updated_at + 7 * 24 * 3600 * 1000 WHERE status = 'authorized';
-- What the cron asks the provider about: authorizations that have ended by the clock.
CREATE INDEX payments_authorized ON payments (authorization_expires_at) WHERE status = 'authorized';

-- The money ledger is the moves themselves: how much each has captured, released or given back. It was a table beside them.
ALTER TABLE payment_moves ADD COLUMN captured INTEGER NOT NULL DEFAULT 0;
ALTER TABLE payment_moves ADD COLUMN released INTEGER NOT NULL DEFAULT 0;
ALTER TABLE payment_moves ADD COLUMN refunded INTEGER NOT NULL DEFAULT 0;
-- The refund, capture or void that the move is of.
ALTER TABLE payment_moves ADD COLUMN reference TEXT;
UPDATE payment_moves SET captured = (SELECT coalesce(sum(e.amount), 0) FROM payment_entries AS e
  WHERE e.payment_id = payment_moves.payment_id AND e.kind = 'captured') WHERE to_status = 'captured';
INSERT INTO payment_moves (payment_id, seq, from_status, to_status, actor, reason, at, captured, released, refunded, reference)
  SELECT e.payment_id, p.seq + row_number() OVER (PARTITION BY e.payment_id ORDER BY e.at, e.reference), p.status, p.status,
    'system:recover', 'refunded', e.at, 0, 0, e.amount, e.reference
  FROM payment_entries AS e JOIN payments AS p ON p.id = e.payment_id WHERE e.kind = 'refunded';
UPDATE payments SET seq = coalesce((SELECT max(m.seq) FROM payment_moves AS m WHERE m.payment_id = payments.id), seq);
DROP TABLE payment_entries;

-- Captures and voids that staff or the shop have asked for: saved as pending before the provider is called, one at a time, so
-- that a capture and a void exclude each other. The id is the provider's idempotency key. amount: of a void 0.
CREATE TABLE payment_operations (
  id TEXT PRIMARY KEY,
  payment_id TEXT NOT NULL REFERENCES payments (id),
  order_id TEXT NOT NULL REFERENCES orders (id),
  kind TEXT NOT NULL CONSTRAINT payment_operations_kind CHECK (kind IN ('capture', 'void')),
  status TEXT NOT NULL CONSTRAINT payment_operations_status CHECK (status IN ('pending', 'succeeded', 'failed')),
  amount INTEGER NOT NULL CONSTRAINT payment_operations_amount CHECK (amount >= 0),
  -- Nothing more will be captured: the rest is released.
  final INTEGER NOT NULL,
  -- What the payment had captured before.
  captured_before INTEGER NOT NULL,
  currency TEXT NOT NULL,
  reason TEXT NOT NULL,
  actor TEXT NOT NULL,
  detail TEXT,
  created_at INTEGER NOT NULL,
  updated_at INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX payment_operations_by_order ON payment_operations (order_id);
CREATE UNIQUE INDEX payment_operations_one_pending ON payment_operations (payment_id) WHERE status = 'pending';

-- Money that a shopper's bank has asked back. The provider's reference of the dispute is its key.
CREATE TABLE disputes (
  payment_id TEXT NOT NULL REFERENCES payments (id),
  reference TEXT NOT NULL,
  order_id TEXT NOT NULL REFERENCES orders (id),
  status TEXT NOT NULL CONSTRAINT disputes_status CHECK (status IN ('open', 'won', 'lost')),
  amount INTEGER NOT NULL CONSTRAINT disputes_amount CHECK (amount > 0),
  currency TEXT NOT NULL,
  reason TEXT NOT NULL,
  created_at INTEGER NOT NULL,
  updated_at INTEGER NOT NULL,
  PRIMARY KEY (payment_id, reference)
) STRICT, WITHOUT ROWID;
CREATE INDEX disputes_by_order ON disputes (order_id);

-- One row is one movement of money back: to a payment, or to a gift card that paid; to neither for pieces that have cost
-- nothing. Saved as pending before the provider is called; refunded of the payment counts pending and succeeded ones.
-- request_id: the first of the rows of one request.
CREATE TABLE refunds_rebuilt (
  id TEXT PRIMARY KEY,
  request_id TEXT NOT NULL,
  order_id TEXT NOT NULL REFERENCES orders (id),
  payment_id TEXT REFERENCES payments (id),
  gift_card_id TEXT,
  status TEXT NOT NULL CONSTRAINT refunds_status CHECK (status IN ('pending', 'succeeded', 'failed')),
  amount INTEGER NOT NULL CONSTRAINT refunds_amount CHECK (amount >= 0),
  -- What of shipping the request was for; with its first row.
  shipping_amount INTEGER NOT NULL CONSTRAINT refunds_shipping CHECK (shipping_amount >= 0),
  currency TEXT NOT NULL,
  reason TEXT NOT NULL,
  note TEXT,
  actor TEXT NOT NULL,
  provider_reference TEXT,
  detail TEXT,
  created_at INTEGER NOT NULL,
  updated_at INTEGER NOT NULL,
  CONSTRAINT refunds_one_source CHECK ((payment_id IS NOT NULL) + (gift_card_id IS NOT NULL) = (amount > 0))
) STRICT, WITHOUT ROWID;
INSERT INTO refunds_rebuilt SELECT id, id, order_id, payment_id, NULL, status, amount, 0, currency, reason, NULL,
  'system:recover', provider_reference, NULL, created_at, updated_at FROM refunds;
DROP TABLE refunds;
ALTER TABLE refunds_rebuilt RENAME TO refunds;
CREATE INDEX refunds_by_order ON refunds (order_id);
CREATE INDEX refunds_pending ON refunds (updated_at) WHERE status = 'pending';
CREATE UNIQUE INDEX refunds_by_reference ON refunds (payment_id, provider_reference)
  WHERE payment_id IS NOT NULL AND provider_reference IS NOT NULL;

-- What a request gave money back for. restock: `return` came back, `cancel` was never shipped, `none` stays away.
CREATE TABLE refund_lines (
  refund_id TEXT NOT NULL REFERENCES refunds (id),
  line_id TEXT NOT NULL,
  quantity INTEGER NOT NULL CONSTRAINT refund_line_quantity CHECK (quantity > 0),
  amount INTEGER NOT NULL CONSTRAINT refund_line_amount CHECK (amount >= 0),
  restock TEXT NOT NULL CONSTRAINT refund_line_restock CHECK (restock IN ('none', 'return', 'cancel')),
  PRIMARY KEY (refund_id, line_id)
) STRICT, WITHOUT ROWID;

-- What became of each line's pieces: shipped, taken out of the order before they were shipped, and given money back for.
ALTER TABLE order_lines ADD COLUMN fulfilled_quantity INTEGER NOT NULL DEFAULT 0;
ALTER TABLE order_lines ADD COLUMN removed_quantity INTEGER NOT NULL DEFAULT 0 CONSTRAINT fulfilled_exceeds_ordered
  CHECK (fulfilled_quantity >= 0 AND removed_quantity >= 0 AND fulfilled_quantity + removed_quantity <= quantity);
ALTER TABLE order_lines ADD COLUMN refunded_quantity INTEGER NOT NULL DEFAULT 0
  CONSTRAINT refunded_exceeds_ordered CHECK (refunded_quantity BETWEEN 0 AND quantity);
ALTER TABLE orders ADD COLUMN refunded_shipping INTEGER NOT NULL DEFAULT 0
  CONSTRAINT orders_refunded_shipping CHECK (refunded_shipping >= 0);

-- The test provider's own book, as a payment service keeps it: what it was asked, each once by the id it was asked under.
CREATE TABLE test_payments_rebuilt (
  payment_id TEXT PRIMARY KEY,
  status TEXT NOT NULL CONSTRAINT test_payments_status CHECK (status IN
    ('pending', 'authorized', 'succeeded', 'declined', 'closed', 'voided')),
  updated_at INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
INSERT INTO test_payments_rebuilt SELECT payment_id, status, updated_at FROM test_payments;
DROP TABLE test_payments;
ALTER TABLE test_payments_rebuilt RENAME TO test_payments;
CREATE TABLE test_payment_entries (
  payment_id TEXT NOT NULL,
  kind TEXT NOT NULL CONSTRAINT test_payment_entries_kind CHECK (kind IN ('capture', 'refund', 'dispute')),
  reference TEXT NOT NULL,
  amount INTEGER NOT NULL,
  status TEXT NOT NULL,
  at INTEGER NOT NULL,
  PRIMARY KEY (payment_id, kind, reference)
) STRICT, WITHOUT ROWID;
