-- How many pieces of a variant an order may have: from min_quantity on, in steps of quantity_step, to max_quantity.
ALTER TABLE variants ADD COLUMN min_quantity INTEGER NOT NULL DEFAULT 1
  CONSTRAINT variants_min_quantity CHECK (min_quantity >= 1);
ALTER TABLE variants ADD COLUMN max_quantity INTEGER
  CONSTRAINT variants_max_quantity CHECK (max_quantity IS NULL OR max_quantity >= min_quantity);
ALTER TABLE variants ADD COLUMN quantity_step INTEGER NOT NULL DEFAULT 1
  CONSTRAINT variants_quantity_step CHECK (quantity_step >= 1);
