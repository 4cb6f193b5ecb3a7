-- A refund after packing: the parcel is to be stopped (at the door, or by its courier). state: open, called, caught, missed,
-- off (the refund no longer stands). One that is open or called is the order's only one.
CREATE TABLE intercepts (
  intercept_id VARCHAR, order_key BIGINT, channel VARCHAR, shop VARCHAR, platform_no VARCHAR, warehouse VARCHAR,
  courier VARCHAR, tracking_no VARCHAR, state VARCHAR, owner VARCHAR, whole BOOLEAN, refund_fen BIGINT,
  refund_requested_at TIMESTAMPTZ, packed_at TIMESTAMPTZ, made_at TIMESTAMPTZ, closed_by VARCHAR, closed_at TIMESTAMPTZ,
  note VARCHAR
);
-- Each call to the courier or the warehouse about it. answer: promised, refused, unreached.
CREATE TABLE intercept_calls (
  intercept_id VARCHAR, called_at TIMESTAMPTZ, account VARCHAR, answer VARCHAR, note VARCHAR
);
