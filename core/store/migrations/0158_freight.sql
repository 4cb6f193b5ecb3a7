-- Couriers' bills as imported. bill_id: fingerprint of the file, so that one file is taken once.
CREATE TABLE freight_bills (
  bill_id VARCHAR, name VARCHAR, courier VARCHAR, lines BIGINT, billed_fen BIGINT, imported_by VARCHAR, imported_at TIMESTAMPTZ
);
-- One line a charge, with what we know of the parcel and what the rate card says. own_source: packing, wms or reckoned.
-- cause: '' (agrees), twice, unknown, region, weight, rate, less, no_card. state: '' (nothing to do), open, disputed,
-- accepted (paid as billed), credited (the courier gave it back). expected_fen NULL: nothing to compare with.
CREATE TABLE freight_lines (
  bill_id VARCHAR, row_no BIGINT, tracking_no VARCHAR, courier VARCHAR, sent_on DATE, region VARCHAR, weight_g BIGINT,
  billed_fen BIGINT, order_key BIGINT, platform_no VARCHAR, warehouse VARCHAR, own_region VARCHAR, own_weight_g BIGINT,
  own_source VARCHAR, expected_fen BIGINT, diff_fen BIGINT, cause VARCHAR, state VARCHAR, note VARCHAR, settled_by VARCHAR,
  settled_at TIMESTAMPTZ
);
