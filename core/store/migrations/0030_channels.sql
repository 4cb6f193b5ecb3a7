-- How a shop's pull fares. Apart from `shops` because shops of config.toml have no row there.
-- token: the sealed tokens the platform gave at the last refresh; token_of: fingerprint of the settings they belong to.
CREATE TABLE shop_pulls (
  channel VARCHAR, shop VARCHAR, paused BOOLEAN, next_at TIMESTAMPTZ, failures INTEGER, state VARCHAR, error_code VARCHAR,
  error VARCHAR, hint VARCHAR, pulled_at TIMESTAMPTZ, token VARCHAR, token_of VARCHAR, expires_at TIMESTAMPTZ,
  reauthorise_by TIMESTAMPTZ, changed_at TIMESTAMPTZ
);
-- What the own warehouse sent out, as it said it; `matched` once the order of the pool carries it.
CREATE TABLE outbound_records (
  platform_no VARCHAR, tracking_no VARCHAR, shop VARCHAR, courier VARCHAR, warehouse VARCHAR, weight_g BIGINT,
  shipped_at TIMESTAMPTZ, source_channel VARCHAR, source_shop VARCHAR, matched BOOLEAN, changed_at TIMESTAMPTZ
);
CREATE TABLE warehouses (warehouse VARCHAR, title VARCHAR, province VARCHAR, city VARCHAR, active BOOLEAN, demo BOOLEAN, changed_at TIMESTAMPTZ);
CREATE TABLE printers (name VARCHAR, host VARCHAR, port INTEGER, demo BOOLEAN, changed_at TIMESTAMPTZ);
CREATE TABLE products (sku VARCHAR, title VARCHAR, barcode VARCHAR, weight_g BIGINT, spu VARCHAR, demo BOOLEAN, changed_at TIMESTAMPTZ);
ALTER TABLE inbox ADD COLUMN entity VARCHAR;
ALTER TABLE inbox ADD COLUMN settled_at TIMESTAMPTZ;
