-- tax_exempt: the buyer of vat_id accounts for the tax. taxes: JSON array, each tax over the whole order.
ALTER TABLE orders ADD COLUMN vat_id TEXT;
ALTER TABLE orders ADD COLUMN tax_exempt INTEGER NOT NULL DEFAULT 0;
ALTER TABLE orders ADD COLUMN taxes TEXT NOT NULL DEFAULT '[]';
-- Whether somebody has ordered before: cancelled orders do not count.
CREATE INDEX orders_by_customer ON orders (customer_key) WHERE status <> 'cancelled';
