-- After-sales cases; kind and state: core/model/after_sales.py. refund_no '' = opened by a person. paid_back_at: the platform says
-- the money has gone back. left_house: the goods had been shipped when it was opened. new_key: the order that replaces goods.
CREATE TABLE after_sales_cases (
  case_id VARCHAR, order_key BIGINT, channel VARCHAR, shop VARCHAR, platform_no VARCHAR, refund_no VARCHAR, kind VARCHAR,
  state VARCHAR, fen BIGINT, reason VARCHAR, left_house BOOLEAN, owner VARCHAR, opened_by VARCHAR, opened_at TIMESTAMPTZ,
  paid_back_at TIMESTAMPTZ, return_courier VARCHAR, return_no VARCHAR, warehouse VARCHAR, received_at TIMESTAMPTZ,
  new_key BIGINT, closed_at TIMESTAMPTZ, refund_seen VARCHAR, changed_at TIMESTAMPTZ
);
-- What a case is about, and what of it came back: good to the shelf, damaged not.
CREATE TABLE after_sales_lines (
  case_id VARCHAR, order_key BIGINT, line_no VARCHAR, sku VARCHAR, title VARCHAR, qty BIGINT, good BIGINT, damaged BIGINT
);
-- Append only: the story of a case.
CREATE TABLE after_sales_events (
  case_id VARCHAR, order_key BIGINT, happened_at TIMESTAMPTZ, actor VARCHAR, what VARCHAR, from_state VARCHAR,
  to_state VARCHAR, note VARCHAR
);
-- Orders that we made ourselves to send something again. Their platform has not heard of them and is told nothing.
CREATE TABLE reissues (order_key BIGINT, origin_key BIGINT, case_id VARCHAR, made_by VARCHAR, made_at TIMESTAMPTZ);
