-- Every audit row carries its number and the hash over the row before it and itself; audit_heads has one row, the last.
-- audit_seals: the head as it was, sealed by the key outside the store, so that a whole rewritten trail is found as well.
-- Rows from before this step have no number and are not proven.
ALTER TABLE audit ADD COLUMN seq BIGINT;
ALTER TABLE audit ADD COLUMN chain VARCHAR;
CREATE TABLE audit_heads (seq BIGINT, chain VARCHAR);
CREATE TABLE audit_seals (seq BIGINT, chain VARCHAR, seal VARCHAR, sealed_at TIMESTAMPTZ);
