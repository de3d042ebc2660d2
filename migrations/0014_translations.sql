-- Texts of a product, collection or category in another locale; subject_id tells which by its prefix. fields is a JSON
-- object of those texts that are translated: what is absent falls back to the next locale of the chain, then the source.
CREATE TABLE translations (
  subject_id TEXT NOT NULL,
  locale TEXT NOT NULL,
  fields TEXT NOT NULL,
  updated_at INTEGER NOT NULL,
  PRIMARY KEY (subject_id, locale)
) STRICT, WITHOUT ROWID;
