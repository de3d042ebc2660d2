-- One row an attempt. The sums are of payment_entries, and the row itself refuses to give back more than it took.
-- idempotency_id: the key of the request that opened it, so that whoever learns the outcome can settle the key.
-- session_expires_at: when the provider's session ends by itself; holds never end before it.
CREATE TABLE payments (
  id TEXT PRIMARY KEY,
  order_id TEXT NOT NULL REFERENCES orders (id),
  attempt INTEGER NOT NULL,
  provider TEXT NOT NULL,
  status TEXT NOT NULL CONSTRAINT payments_status CHECK (status IN
    ('created', 'requires_action', 'processing', 'failed', 'closed', 'authorized', 'captured', 'voided')),
  amount INTEGER NOT NULL CONSTRAINT payments_amount CHECK (amount >= 0),
  currency TEXT NOT NULL,
  provider_reference TEXT,
  next_action TEXT,
  input TEXT NOT NULL,
  idempotency_id TEXT,
  captured INTEGER NOT NULL,
  refunded INTEGER NOT NULL,
  seq INTEGER NOT NULL,
  created_at INTEGER NOT NULL,
  updated_at INTEGER NOT NULL,
  session_expires_at INTEGER NOT NULL,
  CONSTRAINT payment_captured CHECK (captured BETWEEN 0 AND amount),
  CONSTRAINT refund_exceeds_captured CHECK (refunded BETWEEN 0 AND captured)
) STRICT, WITHOUT ROWID;
CREATE UNIQUE INDEX payments_by_order ON payments (order_id, attempt);
-- One attempt an order that waits for its shopper. An authorized one does not wait: it may come late, beside a newer one.
CREATE UNIQUE INDEX payments_one_live ON payments (order_id)
  WHERE status IN ('created', 'requires_action', 'processing');

CREATE TABLE payment_moves (
  payment_id TEXT NOT NULL REFERENCES payments (id),
  seq INTEGER NOT NULL,
  from_status TEXT,
  to_status TEXT NOT NULL,
  actor TEXT NOT NULL,
  reason TEXT NOT NULL,
  at INTEGER NOT NULL,
  PRIMARY KEY (payment_id, seq)
) STRICT, WITHOUT ROWID;

-- The money ledger, append-only: what was authorized, captured, refunded or voided, each once by its reference.
CREATE TABLE payment_entries (
  payment_id TEXT NOT NULL REFERENCES payments (id),
  kind TEXT NOT NULL CONSTRAINT payment_entries_kind CHECK (kind IN ('authorized', 'captured', 'refunded', 'voided')),
  reference TEXT NOT NULL,
  amount INTEGER NOT NULL CONSTRAINT payment_entries_amount CHECK (amount >= 0),
  at INTEGER NOT NULL,
  PRIMARY KEY (payment_id, kind, reference)
) STRICT, WITHOUT ROWID;

-- Saved as pending before the provider is called; refunded of the payment counts pending and succeeded ones.
CREATE TABLE refunds (
  id TEXT PRIMARY KEY,
  payment_id TEXT NOT NULL REFERENCES payments (id),
  order_id TEXT NOT NULL REFERENCES orders (id),
  status TEXT NOT NULL CONSTRAINT refunds_status CHECK (status IN ('pending', 'succeeded', 'failed')),
  amount INTEGER NOT NULL CONSTRAINT refunds_amount CHECK (amount > 0),
  currency TEXT NOT NULL,
  reason TEXT NOT NULL,
  provider_reference TEXT,
  created_at INTEGER NOT NULL,
  updated_at INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX refunds_by_order ON refunds (order_id);
CREATE INDEX refunds_pending ON refunds (id) WHERE status = 'pending';

-- The `test` provider's own book, as the outside service it stands for would keep it. A payment without a row is open.
CREATE TABLE test_payments (
  payment_id TEXT PRIMARY KEY,
  status TEXT NOT NULL CONSTRAINT test_payments_status CHECK (status IN ('pending', 'succeeded', 'declined', 'closed')),
  updated_at INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
