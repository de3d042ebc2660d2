-- Groups that price lists may be for. A member is the owner of a session: whoever proves to be that owner is in it.
CREATE TABLE customer_groups (
  id TEXT PRIMARY KEY,
  title TEXT NOT NULL,
  version INTEGER NOT NULL,
  created_at INTEGER NOT NULL,
  updated_at INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE customer_group_members (
  owner_id TEXT NOT NULL,
  group_id TEXT NOT NULL REFERENCES customer_groups (id),
  added_at INTEGER NOT NULL,
  PRIMARY KEY (owner_id, group_id)
) STRICT, WITHOUT ROWID;
CREATE INDEX customer_group_members_by_group ON customer_group_members (group_id, owner_id);
