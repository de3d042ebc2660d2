-- A token is valid until it expires unless its session stands here. Rows may go once the last token has expired.
CREATE TABLE revoked_sessions (
  session_id TEXT PRIMARY KEY,
  revoked_at INTEGER NOT NULL,
  expires_at INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

-- Staff API keys: the secret's SHA-256 only. scopes is a JSON array of names such as "products:write" or "*".
CREATE TABLE staff_keys (
  id TEXT PRIMARY KEY,
  secret_hash TEXT NOT NULL,
  name TEXT NOT NULL,
  scopes TEXT NOT NULL,
  created_at INTEGER NOT NULL,
  expires_at INTEGER,
  revoked_at INTEGER
) STRICT, WITHOUT ROWID;
