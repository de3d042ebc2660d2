-- A gift card is tender: it pays a part of what an order costs, and changes neither prices nor tax. code_hash: SHA-256 of
-- the normalised code, which itself is stored nowhere. customer_key: whose orders alone store credit pays, as carts and
-- orders have it; null for a card that whoever has the code may spend. Balances are in minor units of the card's currency.
CREATE TABLE gift_cards (
  id TEXT PRIMARY KEY,
  kind TEXT NOT NULL CONSTRAINT gift_cards_kind CHECK (kind IN ('gift_card', 'store_credit')),
  code_hash TEXT NOT NULL,
  last4 TEXT NOT NULL,
  currency TEXT NOT NULL,
  initial_amount INTEGER NOT NULL CONSTRAINT gift_cards_initial CHECK (initial_amount > 0),
  balance INTEGER NOT NULL CONSTRAINT gift_card_balance CHECK (balance >= 0),
  status TEXT NOT NULL CONSTRAINT gift_cards_status CHECK (status IN ('active', 'disabled')),
  customer_key TEXT,
  expires_at INTEGER,
  note TEXT,
  version INTEGER NOT NULL,
  created_at INTEGER NOT NULL,
  updated_at INTEGER NOT NULL,
  CONSTRAINT gift_cards_owner CHECK ((kind = 'store_credit') = (customer_key IS NOT NULL))
) STRICT, WITHOUT ROWID;
CREATE UNIQUE INDEX gift_cards_code ON gift_cards (code_hash);
CREATE INDEX gift_cards_last4 ON gift_cards (last4, id);

-- The ledger, append-only: a card's balance is the sum of its entries. reference: what made the entry, so that nothing
-- makes it twice (the card, an adjustment, the order, a refund).
CREATE TABLE gift_card_entries (
  gift_card_id TEXT NOT NULL REFERENCES gift_cards (id),
  kind TEXT NOT NULL CONSTRAINT gift_card_entries_kind CHECK (kind IN ('issued', 'adjusted', 'claimed', 'released', 'refunded')),
  reference TEXT NOT NULL,
  amount INTEGER NOT NULL CONSTRAINT gift_card_entries_sign CHECK (CASE kind WHEN 'claimed' THEN amount < 0
    WHEN 'adjusted' THEN amount <> 0 ELSE amount > 0 END),
  order_id TEXT,
  reason TEXT,
  actor TEXT NOT NULL,
  at INTEGER NOT NULL,
  PRIMARY KEY (gift_card_id, kind, reference)
) STRICT, WITHOUT ROWID;

-- JSON array of ids in the order they were added, which is the order they pay in.
ALTER TABLE carts ADD COLUMN gift_card_ids TEXT NOT NULL DEFAULT '[]';
-- JSON array of {id, last4, amount}: what each card paid, as it was claimed.
ALTER TABLE orders ADD COLUMN gift_cards TEXT NOT NULL DEFAULT '[]';
