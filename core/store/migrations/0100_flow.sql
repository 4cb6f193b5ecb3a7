-- Where every order in a flow stands. parcel '' = the whole order. state: ready (to be decided), resting (waits for an
-- instant, a change of the order, or a person), parked (its station failed; tried again at wake_at).
-- seen: the order's changed_at when it came to rest; another value wakes it. An order that is through leaves to flow_ends.
CREATE TABLE flow_tokens (
  order_key BIGINT, parcel VARCHAR, flow VARCHAR, version INTEGER, node VARCHAR, state VARCHAR, reason VARCHAR,
  wake_at TIMESTAMPTZ, entered_at TIMESTAMPTZ, arrived_at TIMESTAMPTZ, seen TIMESTAMPTZ, attempts INTEGER,
  error VARCHAR, pool_at TIMESTAMPTZ, changed_at TIMESTAMPTZ
);
CREATE TABLE flow_ends (
  order_key BIGINT, parcel VARCHAR, flow VARCHAR, version INTEGER, node VARCHAR, outcome VARCHAR,
  entered_at TIMESTAMPTZ, ended_at TIMESTAMPTZ
);
-- The way of an order, one row a walk: steps is a JSON list of "node>outcome".
CREATE TABLE flow_paths (order_key BIGINT, flow VARCHAR, version INTEGER, steps VARCHAR, walked_at TIMESTAMPTZ);
-- What passed a node in one batch: orders, the batch's seconds there, the median seconds the orders had stood before it.
CREATE TABLE flow_passes (
  flow VARCHAR, version INTEGER, node VARCHAR, outcome VARCHAR, orders BIGINT, failed BIGINT, seconds DOUBLE,
  stood_seconds DOUBLE, passed_at TIMESTAMPTZ
);
-- One pick list slip an order. body: JSON {lines: [...]} as printed; state: made or voided; number runs within the day.
CREATE TABLE slips (
  slip_no VARCHAR, order_key BIGINT, channel VARCHAR, shop VARCHAR, platform_no VARCHAR, warehouse VARCHAR, wave VARCHAR,
  day DATE, number BIGINT, state VARCHAR, body VARCHAR, made_at TIMESTAMPTZ, voided_at TIMESTAMPTZ, why VARCHAR
);
-- A named person lets an order go in spite of its refunds. basis: fingerprint of the refunds it was said of; scope: rest
-- (without the refunded lines) or all.
CREATE TABLE refund_overrides (
  order_key BIGINT, basis VARCHAR, scope VARCHAR, reason VARCHAR, account VARCHAR, given_at TIMESTAMPTZ
);
-- What a person was asked by an approval station. state: open, approved, refused, expired.
CREATE TABLE approvals (
  order_key BIGINT, flow VARCHAR, node VARCHAR, role VARCHAR, state VARCHAR, asked_at TIMESTAMPTZ, due_at TIMESTAMPTZ,
  account VARCHAR, decided_at TIMESTAMPTZ, why VARCHAR
);
-- Orders that go into one parcel: all but the lead travel with it.
CREATE TABLE merged_orders (order_key BIGINT, lead_key BIGINT, merged_at TIMESTAMPTZ, undone_at TIMESTAMPTZ);
-- What a person did at the review desk, kept whole so that it can be undone within a minute.
CREATE TABLE review_acts (
  act_id VARCHAR, account VARCHAR, action VARCHAR, detail VARCHAR, done_at TIMESTAMPTZ, undone_at TIMESTAMPTZ
);
-- Robots and mail boxes that tell people. settings: JSON, what is secret in it sealed.
CREATE TABLE robots (name VARCHAR, kind VARCHAR, settings VARCHAR, secrets VARCHAR, demo BOOLEAN, changed_at TIMESTAMPTZ);
-- What robots are to be told; a job makes one message of all that is new for a robot. order_keys: JSON list.
CREATE TABLE alerts (
  alert_id VARCHAR, robot VARCHAR, title VARCHAR, flow VARCHAR, node VARCHAR, order_keys VARCHAR, orders BIGINT,
  text VARCHAR, raised_at TIMESTAMPTZ, told_at TIMESTAMPTZ
);
