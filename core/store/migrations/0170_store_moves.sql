-- While a store is being filled from another one: a row for the whole (table_name '') and one for each table that is done.
CREATE TABLE store_moves (table_name VARCHAR, source VARCHAR, row_count BIGINT, row_sum VARCHAR, moved_at TIMESTAMPTZ);
