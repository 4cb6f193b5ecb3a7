-- Pieces a minute of each SKU in its busiest hour of late: what the safety buffer is reckoned from.
CREATE TABLE stock_peaks (sku VARCHAR, per_minute DOUBLE, changed_at TIMESTAMPTZ);
-- Under which ids a shop lists a SKU: spu the platform's product, platform_sku the platform's SKU.
CREATE TABLE listings (
  channel VARCHAR, shop VARCHAR, sku VARCHAR, spu VARCHAR, platform_sku VARCHAR, source VARCHAR, demo BOOLEAN, changed_at TIMESTAMPTZ
);
-- What leaves the house: one row a message, delivered at least once and told apart by its key.
-- state: waiting, claimed (until claimed_until), done, dead (a person decides), ignored, superseded.
CREATE TABLE outbox (
  outbox_id VARCHAR, kind VARCHAR, channel VARCHAR, shop VARCHAR, subject VARCHAR, key VARCHAR, body VARCHAR, state VARCHAR,
  attempts INTEGER, next_at TIMESTAMPTZ, claimed_until TIMESTAMPTZ, answer VARCHAR, error_code VARCHAR, error VARCHAR,
  hint VARCHAR, created_at TIMESTAMPTZ, changed_at TIMESTAMPTZ, settled_by VARCHAR
);
-- The figure each shop shows of a SKU as far as we told it.
CREATE TABLE stock_published (
  channel VARCHAR, shop VARCHAR, sku VARCHAR, qty BIGINT, snapshot_at TIMESTAMPTZ, pushed_at TIMESTAMPTZ
);
