-- cutoff: wall clock HH:MM in the business zone, after which nothing leaves the same day; '' or null = none.
-- capacity: most orders an hour; null = any.
ALTER TABLE warehouses ADD COLUMN cutoff VARCHAR;
ALTER TABLE warehouses ADD COLUMN capacity BIGINT;
ALTER TABLE products ADD COLUMN volume_cm3 BIGINT;
ALTER TABLE products ADD COLUMN supplier VARCHAR;
-- The operator's large areas; empty = as delivered with the product.
CREATE TABLE region_areas (province VARCHAR, area VARCHAR, changed_at TIMESTAMPTZ);
CREATE TABLE couriers (courier VARCHAR, title VARCHAR, active BOOLEAN, place INTEGER, changed_at TIMESTAMPTZ);
-- Only codes that differ from those the connectors know.
CREATE TABLE courier_codes (courier VARCHAR, channel VARCHAR, code VARCHAR, changed_at TIMESTAMPTZ);
-- What the routing decided: the parcels of an order. pinned: a person chose it, no automatic change. fees in fen.
CREATE TABLE parcels (
  order_key BIGINT, parcel_no INTEGER, channel VARCHAR, shop VARCHAR, platform_no VARCHAR, warehouse VARCHAR,
  courier VARCHAR, freight_fen BIGINT, cost_fen BIGINT, lead_days DOUBLE, weight_g BIGINT, pieces BIGINT,
  downgraded BOOLEAN, pinned BOOLEAN, policy VARCHAR, policy_version INTEGER, made_at TIMESTAMPTZ
);
CREATE TABLE parcel_lines (order_key BIGINT, parcel_no INTEGER, line_no VARCHAR);
-- What a piece is worth to later orders, from the last run of the hourly job; fen.
CREATE TABLE routing_prices (warehouse VARCHAR, sku VARCHAR, price_fen BIGINT, made_at TIMESTAMPTZ);
