-- A country belongs to one market at most. The table replaces the JSON list, so that a request's market is one look-up
-- in SQL, made in the same batch as what is priced for it.
CREATE TABLE market_countries (
  country TEXT PRIMARY KEY,
  market_id TEXT NOT NULL REFERENCES markets (id),
  position INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX market_countries_by_market ON market_countries (market_id, position);
INSERT OR IGNORE INTO market_countries (country, market_id, position)
  SELECT c.value, m.id, c.key FROM markets AS m, json_each(m.countries) AS c ORDER BY m.position, m.id;
ALTER TABLE markets DROP COLUMN countries;

-- own_prices: 0 the market sells at everybody's prices, 1 its lists are being derived, 2 it has prices of its own.
ALTER TABLE markets ADD COLUMN own_prices INTEGER NOT NULL DEFAULT 0
  CONSTRAINT markets_own_prices CHECK (own_prices IN (0, 1, 2));
ALTER TABLE markets ADD COLUMN version INTEGER NOT NULL DEFAULT 1;
ALTER TABLE markets ADD COLUMN created_at INTEGER NOT NULL DEFAULT 0;
ALTER TABLE markets ADD COLUMN updated_at INTEGER NOT NULL DEFAULT 0;
CREATE INDEX markets_in_order ON markets (position, id);
