-- Plain types only, no keys, no indexes, no sequences: the same tables stand on DuckDB, PostgreSQL and DuckLake.
CREATE TABLE schema_steps (step INTEGER, name VARCHAR, applied_at TIMESTAMPTZ);

-- The pool. order_key = first 63 bits of md5(channel, shop, platform_no): what joins use; the three texts are the truth.
-- phone, recipient, buyer_name, address hold masked text; *_key the keyed hash (NULL for masked or invalid values).
CREATE TABLE orders (
  order_key BIGINT, channel VARCHAR, shop VARCHAR, platform_no VARCHAR, status VARCHAR, platform_status VARCHAR,
  ordered_at TIMESTAMPTZ, paid_at TIMESTAMPTZ, ship_by TIMESTAMPTZ, deliver_on DATE, slip_at TIMESTAMPTZ,
  shipped_at TIMESTAMPTZ, finished_at TIMESTAMPTZ, platform_updated_at TIMESTAMPTZ,
  paid_fen BIGINT, goods_fen BIGINT, discount_fen BIGINT, shipping_fen BIGINT, currency VARCHAR,
  buyer_id VARCHAR, buyer_name VARCHAR, recipient VARCHAR, phone VARCHAR, province VARCHAR, city VARCHAR, district VARCHAR,
  address VARCHAR, buyer_note VARCHAR, seller_note VARCHAR, flag VARCHAR, ip VARCHAR, account_registered_at TIMESTAMPTZ,
  courier VARCHAR, tracking_no VARCHAR, warehouse VARCHAR, is_presale BOOLEAN, merge_key VARCHAR, refund_status VARCHAR,
  phone_key VARCHAR, recipient_key VARCHAR, buyer_name_key VARCHAR, address_key VARCHAR, phone_last4 VARCHAR,
  held BOOLEAN, held_reasons VARCHAR, tags VARCHAR, line_count INTEGER, unit_count BIGINT,
  digest VARCHAR, mapping VARCHAR, mapping_version INTEGER, pool_at TIMESTAMPTZ, changed_at TIMESTAMPTZ
);
CREATE TABLE order_lines (
  order_key BIGINT, channel VARCHAR, shop VARCHAR, platform_no VARCHAR, line_no VARCHAR, sku VARCHAR, barcode VARCHAR,
  title VARCHAR, spec VARCHAR, qty BIGINT, unit_price_fen BIGINT, line_paid_fen BIGINT, line_refund_status VARCHAR,
  is_gift BOOLEAN, spu VARCHAR, weight_g BIGINT
);
CREATE TABLE refunds (
  order_key BIGINT, channel VARCHAR, shop VARCHAR, platform_no VARCHAR, refund_no VARCHAR, line_no VARCHAR,
  refund_type VARCHAR, refund_status VARCHAR, refund_fen BIGINT, refund_requested_at TIMESTAMPTZ,
  refund_updated_at TIMESTAMPTZ, reason VARCHAR, digest VARCHAR, pool_at TIMESTAMPTZ, changed_at TIMESTAMPTZ
);
-- The original person data: one cipher text an order, opened by a right only, each opening audited.
CREATE TABLE order_persons (order_key BIGINT, cipher VARCHAR);
-- Append only: who did what to which order, when, and why.
CREATE TABLE order_events (
  order_key BIGINT, channel VARCHAR, shop VARCHAR, platform_no VARCHAR, event VARCHAR, happened_at TIMESTAMPTZ,
  actor VARCHAR, reason VARCHAR, detail VARCHAR
);

-- What came in, as it came: one sealed (compressed, then encrypted, base64) text a batch, one index row a payload.
CREATE TABLE raw_batches (
  batch_id VARCHAR, channel VARCHAR, shop VARCHAR, entity VARCHAR, origin VARCHAR, received_at TIMESTAMPTZ,
  payloads INTEGER, bytes BIGINT, sealed VARCHAR
);
CREATE TABLE raw_payloads (
  order_key BIGINT, channel VARCHAR, shop VARCHAR, entity VARCHAR, external_no VARCHAR, digest VARCHAR, batch_id VARCHAR,
  place INTEGER, platform_updated_at TIMESTAMPTZ, received_at TIMESTAMPTZ
);
-- What could not be mapped waits here for a person: the reason, the field, and the payload's place.
CREATE TABLE rejects (
  reject_id VARCHAR, channel VARCHAR, shop VARCHAR, entity VARCHAR, external_no VARCHAR, row_no BIGINT, field VARCHAR,
  value VARCHAR, reason VARCHAR, batch_id VARCHAR, place INTEGER, digest VARCHAR, mapping VARCHAR, mapping_version INTEGER,
  rejected_at TIMESTAMPTZ, state VARCHAR, settled_at TIMESTAMPTZ, settled_by VARCHAR
);
-- Pushes are durable here before they are answered; a job drains them.
CREATE TABLE inbox (
  inbox_id VARCHAR, channel VARCHAR, shop VARCHAR, message_id VARCHAR, topic VARCHAR, body VARCHAR, received_at TIMESTAMPTZ,
  state VARCHAR, attempts INTEGER, next_at TIMESTAMPTZ, error VARCHAR
);

-- Documents: mappings, rules, flows, views. One row a version, never updated but for its state.
CREATE TABLE documents (
  kind VARCHAR, name VARCHAR, version INTEGER, state VARCHAR, body VARCHAR, hash VARCHAR, note VARCHAR, author VARCHAR,
  created_at TIMESTAMPTZ, published_at TIMESTAMPTZ
);
CREATE TABLE own_fields (
  name VARCHAR, kind VARCHAR, level VARCHAR, label_zh VARCHAR, label_en VARCHAR, choices VARCHAR, required_when VARCHAR,
  default_value VARCHAR, retired BOOLEAN, place INTEGER, changed_at TIMESTAMPTZ
);
CREATE TABLE status_tags (name VARCHAR, label_zh VARCHAR, label_en VARCHAR, colour VARCHAR, place INTEGER, retired BOOLEAN);

-- Channels, shops and the pull.
CREATE TABLE channels (channel VARCHAR, label_zh VARCHAR, label_en VARCHAR, connector VARCHAR, created_at TIMESTAMPTZ);
CREATE TABLE shops (
  shop VARCHAR, channel VARCHAR, title VARCHAR, connector VARCHAR, settings VARCHAR, secrets VARCHAR, state VARCHAR,
  interval_seconds INTEGER, demo BOOLEAN, created_at TIMESTAMPTZ, changed_at TIMESTAMPTZ
);
CREATE TABLE cursors (channel VARCHAR, shop VARCHAR, entity VARCHAR, cursor VARCHAR, changed_at TIMESTAMPTZ);
CREATE TABLE pull_runs (
  run_id VARCHAR, channel VARCHAR, shop VARCHAR, kind VARCHAR, started_at TIMESTAMPTZ, finished_at TIMESTAMPTZ,
  since TIMESTAMPTZ, until TIMESTAMPTZ, pulled BIGINT, inserted BIGINT, updated BIGINT, unchanged BIGINT, rejected BIGINT,
  state VARCHAR, progress DOUBLE, error_code VARCHAR, error VARCHAR
);
-- Stock as the WMS said it last (the ledger of Decisions II grows from here).
CREATE TABLE stock_levels (warehouse VARCHAR, sku VARCHAR, on_hand BIGINT, as_of TIMESTAMPTZ, changed_at TIMESTAMPTZ);

-- People.
CREATE TABLE accounts (
  account VARCHAR, display_name VARCHAR, role VARCHAR, password_hash VARCHAR, language VARCHAR, active BOOLEAN,
  must_change BOOLEAN, created_at TIMESTAMPTZ, changed_at TIMESTAMPTZ
);
CREATE TABLE logins (token_hash VARCHAR, account VARCHAR, created_at TIMESTAMPTZ, expires_at TIMESTAMPTZ, seen_at TIMESTAMPTZ, agent VARCHAR);
CREATE TABLE failed_logins (account VARCHAR, address VARCHAR, failed_at TIMESTAMPTZ);
CREATE TABLE audit (
  happened_at TIMESTAMPTZ, actor VARCHAR, role VARCHAR, action VARCHAR, subject VARCHAR, outcome VARCHAR, detail VARCHAR
);
CREATE TABLE saved_views (account VARCHAR, page VARCHAR, name VARCHAR, body VARCHAR, changed_at TIMESTAMPTZ);
CREATE TABLE facts (name VARCHAR, value VARCHAR, changed_at TIMESTAMPTZ);
