-- Limits against those who try stolen cards count what is written anyway; so they hold whichever isolate is asked.
-- address_key: the day (days since 1970) and a keyed, cut hash of the network an attempt came from, `20785.5f1c...`; the cron
-- takes it away. The day comes first, so that one index both counts and finds what is over.
ALTER TABLE payments ADD COLUMN address_key TEXT;
-- How many times the provider has told that it was declined, each event once: a session in the browser takes card after card.
ALTER TABLE payments ADD COLUMN declines INTEGER NOT NULL DEFAULT 0
  CONSTRAINT payment_declines CHECK (declines >= 0);
-- Whether it ever was, by an event or by an answer. An answer and its event are one decline.
ALTER TABLE payments ADD COLUMN declined INTEGER NOT NULL DEFAULT 0
  CONSTRAINT payment_declined CHECK (declined = 1 OR declined = 0 AND declines = 0);
UPDATE payments SET declined = 1 WHERE status = 'failed';
CREATE INDEX payments_by_address ON payments (address_key, created_at) WHERE address_key IS NOT NULL;

-- What staff have been told of in an hour (hours since 1970), so that they are told once. subject: `guest:`, `email:` or
-- `address:` and what it is counted by.
CREATE TABLE payment_alerts (
  hour INTEGER NOT NULL,
  subject TEXT NOT NULL,
  PRIMARY KEY (hour, subject)
) STRICT, WITHOUT ROWID;
