-- Rows of files that never became part of an order: no number, joined items that cannot be told apart, a broken line.
-- Their cells are kept sealed, a JSON list a file and import, so that they can be tried again once the mapping is mended.
-- A reject of such a row names it by rows_id and place (its batch_id is NULL).
ALTER TABLE rejects ADD COLUMN rows_id VARCHAR;
CREATE TABLE rejected_rows (
    rows_id VARCHAR,
    channel VARCHAR,
    shop    VARCHAR,
    sealed  VARCHAR,
    kept_at TIMESTAMPTZ
);
