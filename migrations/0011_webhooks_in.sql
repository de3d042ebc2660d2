-- Durable before it is answered; (provider, event_id) makes a duplicate harmless. payload is what was signed.
CREATE TABLE webhook_events (
  provider TEXT NOT NULL,
  event_id TEXT NOT NULL,
  id TEXT NOT NULL,
  type TEXT NOT NULL,
  status TEXT NOT NULL CONSTRAINT webhook_events_status CHECK (status IN
    ('received', 'processed', 'ignored', 'unmatched', 'failed', 'dead')),
  payment_id TEXT,
  payload TEXT NOT NULL,
  detail TEXT,
  attempts INTEGER NOT NULL,
  received_at INTEGER NOT NULL,
  updated_at INTEGER NOT NULL,
  next_attempt_at INTEGER,
  PRIMARY KEY (provider, event_id)
) STRICT, WITHOUT ROWID;
CREATE UNIQUE INDEX webhook_events_id ON webhook_events (id);
CREATE INDEX webhook_events_due ON webhook_events (next_attempt_at) WHERE next_attempt_at IS NOT NULL;
