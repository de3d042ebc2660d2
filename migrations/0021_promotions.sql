-- What a promotion does not combine with, and how it is chosen where it competes.
ALTER TABLE promotions ADD COLUMN exclusive TEXT NOT NULL DEFAULT 'none'
  CONSTRAINT promotions_exclusive CHECK (exclusive IN ('none', 'lane', 'cart'));
ALTER TABLE promotions ADD COLUMN choice TEXT NOT NULL DEFAULT 'best_deal'
  CONSTRAINT promotions_choice CHECK (choice IN ('best_deal', 'priority'));

-- What a promotion may give away in all, by currency. spent is the sum of its uses.
CREATE TABLE promotion_budgets (
  promotion_id TEXT NOT NULL REFERENCES promotions (id),
  currency TEXT NOT NULL,
  amount INTEGER NOT NULL,
  spent INTEGER NOT NULL,
  PRIMARY KEY (promotion_id, currency),
  CONSTRAINT promotion_budget_exhausted CHECK (spent >= 0 AND spent <= amount)
) STRICT, WITHOUT ROWID;

-- A code of a campaign may have a limit of its own: 1 for single use.
ALTER TABLE promotion_codes ADD COLUMN usage_limit INTEGER;
ALTER TABLE promotion_codes ADD COLUMN used INTEGER NOT NULL DEFAULT 0
  CONSTRAINT promotion_code_exhausted CHECK (used >= 0 AND (usage_limit IS NULL OR used <= usage_limit));

CREATE INDEX promotion_codes_used ON promotion_codes (promotion_id) WHERE used > 0;

-- How many codes there are, kept with them: counting 10,000s of a campaign would read them all.
ALTER TABLE promotions ADD COLUMN code_count INTEGER NOT NULL DEFAULT 0;
UPDATE promotions SET code_count = (SELECT count(*) FROM promotion_codes AS c WHERE c.promotion_id = promotions.id);

ALTER TABLE promotion_uses ADD COLUMN currency TEXT NOT NULL DEFAULT '';
UPDATE promotion_uses SET currency = (SELECT o.currency FROM orders AS o WHERE o.id = promotion_uses.order_id)
WHERE EXISTS (SELECT 1 FROM orders AS o WHERE o.id = promotion_uses.order_id);
UPDATE promotion_codes SET used = (SELECT count(*) FROM promotion_uses AS u
  WHERE u.promotion_id = promotion_codes.promotion_id AND u.code = promotion_codes.code);
