-- path: JSON array of ids from the root down to the category itself; a move rewrites it for the whole subtree.
CREATE TABLE categories (
  id TEXT PRIMARY KEY,
  handle TEXT NOT NULL UNIQUE,
  parent_id TEXT REFERENCES categories (id),
  path TEXT NOT NULL,
  position INTEGER NOT NULL,
  title TEXT NOT NULL,
  description_html TEXT NOT NULL,
  seo_title TEXT,
  seo_description TEXT,
  image TEXT,
  metadata TEXT NOT NULL,
  private_metadata TEXT NOT NULL,
  version INTEGER NOT NULL,
  created_at INTEGER NOT NULL,
  updated_at INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX categories_by_parent ON categories (parent_id, position, id);

-- Where a handle that is not in use any more leads.
CREATE TABLE category_handles (
  handle TEXT PRIMARY KEY,
  category_id TEXT NOT NULL REFERENCES categories (id),
  replaced_at INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX category_handles_by_category ON category_handles (category_id);
