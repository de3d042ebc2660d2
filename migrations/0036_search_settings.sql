-- What staff tell the search: words that stand for each other, and products that come first.

-- equivalent: each of words is searched for with all others. one_way: input is searched for with words, and they without it.
-- words is a JSON array of phrases as staff wrote them.
CREATE TABLE search_synonyms (
  id TEXT PRIMARY KEY,
  kind TEXT NOT NULL CONSTRAINT search_synonyms_kind CHECK (kind IN ('equivalent', 'one_way')),
  input TEXT CONSTRAINT search_synonyms_input CHECK ((input IS NULL) = (kind = 'equivalent')),
  words TEXT NOT NULL,
  version INTEGER NOT NULL,
  created_at INTEGER NOT NULL,
  updated_at INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

-- Derived: a phrase as a search has it, its stems a space apart, and what else is searched for then, a JSON array of stems.
-- Made by src/domain/synonym.ts in the batch that changes the synonym.
CREATE TABLE search_synonym_phrases (
  phrase TEXT NOT NULL,
  alternative TEXT NOT NULL,
  synonym_id TEXT NOT NULL REFERENCES search_synonyms (id),
  PRIMARY KEY (phrase, alternative, synonym_id)
) STRICT, WITHOUT ROWID;
CREATE INDEX search_synonym_phrases_by_synonym ON search_synonym_phrases (synonym_id);

-- Products that come first, in the order of product_ids, where the words of a search are those of query. phrase is its stems,
-- a space apart.
CREATE TABLE search_pins (
  id TEXT PRIMARY KEY,
  query TEXT NOT NULL,
  phrase TEXT NOT NULL UNIQUE,
  product_ids TEXT NOT NULL,
  version INTEGER NOT NULL,
  created_at INTEGER NOT NULL,
  updated_at INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

-- Derived: the same, a row for each product. Drafts too: whoever reads it looks at the product.
CREATE TABLE search_pinned_products (
  phrase TEXT NOT NULL REFERENCES search_pins (phrase),
  product_id TEXT NOT NULL REFERENCES products (id),
  position INTEGER NOT NULL,
  PRIMARY KEY (phrase, product_id)
) STRICT, WITHOUT ROWID;
