-- A parcel at the packing desk. order_key: the order whose slip was scanned (with it go those merged behind the same lead);
-- parcel_no NULL: the whole order. state: open, packed, dropped. scanned: JSON {line: pieces}, line = "order_key/line_no".
CREATE TABLE packings (
  packing_id VARCHAR, order_key BIGINT, parcel_no INTEGER, slip_no VARCHAR, platform_no VARCHAR, channel VARCHAR, shop VARCHAR,
  warehouse VARCHAR, state VARCHAR, account VARCHAR, scanned VARCHAR, weight_g BIGINT, expected_g BIGINT, weight_why VARCHAR,
  courier VARCHAR, tracking_no VARCHAR, opened_at TIMESTAMPTZ, packed_at TIMESTAMPTZ, changed_at TIMESTAMPTZ
);
CREATE TABLE packing_orders (packing_id VARCHAR, order_key BIGINT);
-- Every scan with the answer it got, append only.
CREATE TABLE packing_scans (
  packing_id VARCHAR, order_key BIGINT, account VARCHAR, code VARCHAR, answer VARCHAR, scanned_at TIMESTAMPTZ
);
