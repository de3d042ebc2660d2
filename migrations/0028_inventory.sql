-- Goods are sent from the destination's own country first, then by priority, the lowest first. One location is the default,
-- and that one never closes.
ALTER TABLE locations ADD COLUMN priority INTEGER NOT NULL DEFAULT 0;
ALTER TABLE locations ADD COLUMN active INTEGER NOT NULL DEFAULT 1
  CONSTRAINT location_default_active CHECK (active = 1 OR is_default = 0);
CREATE INDEX locations_by_priority ON locations (priority, id);
ALTER TABLE locations ADD COLUMN version INTEGER NOT NULL DEFAULT 1;
ALTER TABLE locations ADD COLUMN created_at INTEGER NOT NULL DEFAULT 0;
ALTER TABLE locations ADD COLUMN updated_at INTEGER NOT NULL DEFAULT 0;

-- incoming is the sum of these, as on_hand is that of delta. A delivery that arrives is +5 on hand and -5 incoming.
ALTER TABLE stock_movements ADD COLUMN incoming_delta INTEGER NOT NULL DEFAULT 0;

-- A CHECK is the table's, whichever column it came with.
ALTER TABLE stock_levels ADD COLUMN low_stock_at INTEGER
  CONSTRAINT stock_incoming_not_negative CHECK (incoming >= 0);
-- The location's own switch, repeated here so that the row itself refuses to hold, stock or sell at a closed place,
-- whatever its policy: a backorder needs nothing on the shelf.
ALTER TABLE stock_levels ADD COLUMN active INTEGER NOT NULL DEFAULT 1
  CONSTRAINT stock_location_active CHECK (active = 1 OR (on_hand = 0 AND held = 0 AND incoming = 0));
CREATE TRIGGER stock_levels_follow_location AFTER UPDATE OF active ON locations WHEN NEW.active <> OLD.active
BEGIN
  UPDATE stock_levels SET active = NEW.active WHERE location_id = NEW.id;
END;

-- Whether something can be sold from here, and whether no more stands here than staff want to be told of.
ALTER TABLE stock_levels ADD COLUMN sellable INTEGER GENERATED ALWAYS AS (active = 1 AND (policy = 'untracked'
  OR on_hand - held > CASE policy WHEN 'deny' THEN 0 ELSE -coalesce(backorder_limit, 9007199254740991) END)) VIRTUAL;
ALTER TABLE stock_levels ADD COLUMN is_low INTEGER GENERATED ALWAYS AS (active = 1 AND policy <> 'untracked'
  AND low_stock_at IS NOT NULL AND on_hand - held <= low_stock_at) VIRTUAL;

DROP TRIGGER stale_listings_by_stock;
CREATE TRIGGER stale_listings_by_stock AFTER UPDATE OF on_hand, held, policy, backorder_limit, active ON stock_levels
WHEN NEW.sellable <> OLD.sellable AND EXISTS (SELECT 1 FROM collections WHERE kind = 'rules' AND watches_stock = 1)
BEGIN
  INSERT INTO stale_listings (product_id) SELECT product_id FROM variants WHERE id = NEW.variant_id
    ON CONFLICT DO NOTHING;
END;

-- What the outside was last told of a variant: ok, low or out. Each time one of its levels crosses a line, crossed goes up
-- by one; the cron looks at rows with told < crossed and moves told to what it has looked at. A variant that never crossed
-- a line has no row: its first row says what it was before.
CREATE TABLE stock_alerts (
  variant_id TEXT PRIMARY KEY REFERENCES variants (id),
  state TEXT NOT NULL CONSTRAINT stock_alert_state CHECK (state IN ('ok', 'low', 'out')),
  crossed INTEGER NOT NULL,
  told INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX stock_alerts_due ON stock_alerts (variant_id) WHERE told < crossed;

CREATE TRIGGER stock_alerts_by_level
AFTER UPDATE OF on_hand, held, policy, backorder_limit, low_stock_at, active ON stock_levels
WHEN NEW.sellable <> OLD.sellable OR NEW.is_low <> OLD.is_low
BEGIN
  INSERT INTO stock_alerts (variant_id, state, crossed, told)
    SELECT NEW.variant_id, CASE
        WHEN OLD.sellable = 0 AND coalesce(max(l.sellable), 0) = 0 THEN 'out'
        WHEN OLD.is_low = 1 OR coalesce(max(l.is_low), 0) = 1 THEN 'low'
        ELSE 'ok' END, 1, 0
      FROM stock_levels AS l WHERE l.variant_id = NEW.variant_id AND l.location_id <> NEW.location_id
    ON CONFLICT (variant_id) DO UPDATE SET crossed = crossed + 1;
END;

-- A level that is opened empty crosses no line, unless it can be sold from at once (backorder, untracked) and nothing else
-- of its variant can.
CREATE TRIGGER stock_alerts_by_opening AFTER INSERT ON stock_levels
WHEN NEW.sellable = 1
  AND EXISTS (SELECT 1 FROM stock_levels WHERE variant_id = NEW.variant_id AND location_id <> NEW.location_id)
  AND NOT EXISTS (SELECT 1 FROM stock_levels
    WHERE variant_id = NEW.variant_id AND location_id <> NEW.location_id AND sellable = 1)
BEGIN
  INSERT INTO stock_alerts (variant_id, state, crossed, told) VALUES (NEW.variant_id, 'out', 1, 0)
    ON CONFLICT (variant_id) DO UPDATE SET crossed = crossed + 1;
  INSERT INTO stale_listings (product_id) SELECT product_id FROM variants WHERE id = NEW.variant_id
    AND EXISTS (SELECT 1 FROM collections WHERE kind = 'rules' AND watches_stock = 1)
    ON CONFLICT DO NOTHING;
END;
