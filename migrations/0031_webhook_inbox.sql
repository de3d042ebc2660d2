-- What staff look for among the events of providers, and what waits for its payment to appear. An event that is applied as it
-- comes is never in it, so that the way of most events costs nothing.
CREATE INDEX webhook_events_troubled ON webhook_events (id) WHERE status IN ('unmatched', 'failed', 'dead');

-- What cannot be settled without a person, each told to staff once. subject_id: the payment itself, or the refund, capture or
-- void of it. `mismatch`: the provider speaks of another amount; detail tells one from another. `unanswered`: it has said
-- nothing since `since`; `under_way`: that it is still at it. told_at: when staff were told. What is answered leaves.
CREATE TABLE payment_flags (
  subject_id TEXT NOT NULL,
  kind TEXT NOT NULL CONSTRAINT payment_flags_kind CHECK (kind IN
    ('mismatch', 'unanswered', 'under_way')),
  detail TEXT NOT NULL,
  payment_id TEXT NOT NULL REFERENCES payments (id),
  since INTEGER NOT NULL,
  told_at INTEGER,
  PRIMARY KEY (subject_id, kind, detail)
) STRICT, WITHOUT ROWID;

-- How far the second look at payments that are over has come, one row: the ids of payments begin with their time.
CREATE TABLE payment_reviews (
  name TEXT PRIMARY KEY,
  up_to TEXT NOT NULL
) STRICT, WITHOUT ROWID;
