CREATE TABLE locations (
  id TEXT PRIMARY KEY,
  name TEXT NOT NULL,
  country TEXT,
  is_default INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE UNIQUE INDEX locations_one_default ON locations (is_default) WHERE is_default = 1;

-- on_hand is what stands on the shelf, held what live checkouts have claimed; available = on_hand - held.
-- The policy stands in the row so that the row itself refuses to oversell.
CREATE TABLE stock_levels (
  variant_id TEXT NOT NULL REFERENCES variants (id),
  location_id TEXT NOT NULL REFERENCES locations (id),
  policy TEXT NOT NULL CONSTRAINT stock_policy CHECK (policy IN ('deny', 'backorder', 'untracked')),
  backorder_limit INTEGER,
  on_hand INTEGER NOT NULL,
  held INTEGER NOT NULL CONSTRAINT stock_held_not_negative CHECK (held >= 0),
  incoming INTEGER NOT NULL,
  updated_at INTEGER NOT NULL,
  PRIMARY KEY (variant_id, location_id),
  CONSTRAINT stock_not_oversold CHECK (
    policy = 'untracked' OR
    on_hand - held >= CASE policy WHEN 'deny' THEN 0 ELSE -coalesce(backorder_limit, 9007199254740991) END
  )
) STRICT, WITHOUT ROWID;

-- Append-only: on_hand is the sum of its movements. reference names the cause (an adjustment, an order, an import);
-- the key lets one cause move one shelf once.
CREATE TABLE stock_movements (
  variant_id TEXT NOT NULL,
  location_id TEXT NOT NULL,
  reference TEXT NOT NULL,
  reason TEXT NOT NULL,
  delta INTEGER NOT NULL,
  at INTEGER NOT NULL,
  PRIMARY KEY (variant_id, location_id, reference, reason),
  FOREIGN KEY (variant_id, location_id) REFERENCES stock_levels (variant_id, location_id)
) STRICT, WITHOUT ROWID;

-- Live holds only: a hold that was consumed, freed or has expired leaves the table in the batch that lowers `held`,
-- so held = SUM(quantity) at every moment.
CREATE TABLE stock_holds (
  variant_id TEXT NOT NULL,
  location_id TEXT NOT NULL,
  order_id TEXT NOT NULL,
  quantity INTEGER NOT NULL CONSTRAINT stock_hold_positive CHECK (quantity > 0),
  expires_at INTEGER NOT NULL,
  PRIMARY KEY (variant_id, location_id, order_id),
  FOREIGN KEY (variant_id, location_id) REFERENCES stock_levels (variant_id, location_id)
) STRICT, WITHOUT ROWID;
