-- The search index: which products have a term. An entry's terms are made by src/domain/search-document.ts and parted by
-- spaces, so that the tokenizer has nothing to decide. Terms are told apart by what stands before the colon:
--   t: a word of a title     n: a word of a title, vendor, type, tag, option, category     w: a word of anything, text too
--   p: the first letters of an n: word                k: a whole SKU or barcode             x: a whole title, spaces left out
--   s: the number of a shelf
-- Derived from products and left out of exports; contentless, because what is shown is read from the products themselves.
-- A rowid is how well a product sells, then how new it is, the best first: a search reads the first of its matches and no
-- more, however many there are (src/domain/search-entry.ts).
CREATE VIRTUAL TABLE search_index USING fts5 (
  terms, content = '', contentless_delete = 1, detail = none, tokenize = "ascii tokenchars ':'"
);

-- An entry of the index, as far as ranking looks at it. product is a number of listed_products, entry the rowid in search_index.
-- title is '| red hoodie | roter kapuzenpulli |': the words of the title in each locale, the source's first.
-- words is a JSON array of the distinct n: words, which search_terms counts; digest tells whether the terms have changed.
CREATE TABLE search_documents (
  product INTEGER PRIMARY KEY,
  product_id TEXT NOT NULL UNIQUE,
  entry INTEGER NOT NULL UNIQUE,
  title TEXT NOT NULL,
  title_words INTEGER NOT NULL,
  words TEXT NOT NULL,
  digest TEXT NOT NULL
) STRICT;

-- The vocabulary: n: words with how many entries have each, and what each looks like with letters left out, by which a
-- misspelt word finds it.
CREATE TABLE search_terms (
  term TEXT PRIMARY KEY,
  documents INTEGER NOT NULL CONSTRAINT search_terms_not_negative CHECK (documents >= 0)
) STRICT, WITHOUT ROWID;
CREATE INDEX search_terms_unused ON search_terms (term) WHERE documents = 0;

CREATE TABLE search_spellings (
  spelling TEXT NOT NULL,
  term TEXT NOT NULL,
  PRIMARY KEY (spelling, term)
) STRICT, WITHOUT ROWID;

-- Making the index anew, one row: what it is at, and up to where that is done. First every product is marked again, in the
-- order of ids; then entries without a product are looked for, words without spellings, spellings without a word.
CREATE TABLE search_rebuilds (
  id INTEGER PRIMARY KEY CHECK (id = 1),
  phase TEXT NOT NULL CHECK (phase IN ('documents', 'entries', 'terms', 'spellings', 'finished')),
  position TEXT NOT NULL,
  done INTEGER NOT NULL,
  total INTEGER NOT NULL,
  started_at INTEGER NOT NULL,
  finished_at INTEGER
) STRICT;
