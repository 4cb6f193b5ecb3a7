-- What an order has been promised. Key: (order_key, line_no, sku, warehouse); sku is the component of a bundle, warehouse ''
-- until the order is routed. state: active, consumed (left the house), released. One row a key: the last state counts.
CREATE TABLE reservations (
  order_key BIGINT, line_no VARCHAR, sku VARCHAR, warehouse VARCHAR, qty BIGINT, state VARCHAR, why VARCHAR,
  reserved_at TIMESTAMPTZ, changed_at TIMESTAMPTZ
);
-- Orders that wait for pieces, and of which SKU: looked at again when some come back.
CREATE TABLE stock_waits (order_key BIGINT, sku VARCHAR, missing BIGINT, since TIMESTAMPTZ);
-- A set sold under one code lies in the warehouses as its parts: pieces of `sku` in one `bundle`.
CREATE TABLE bundle_components (bundle VARCHAR, sku VARCHAR, qty BIGINT, demo BOOLEAN, changed_at TIMESTAMPTZ);
-- The ledger, append only: on hand = opening + receipt - shipped - adjustment. warehouse '' = shipped, from where is not known.
-- source makes a booking happen once: (kind, source, warehouse, sku).
CREATE TABLE stock_movements (
  warehouse VARCHAR, sku VARCHAR, kind VARCHAR, qty BIGINT, reason VARCHAR, source VARCHAR, happened_at TIMESTAMPTZ,
  booked_at TIMESTAMPTZ
);
-- Levels that cannot be true wait here for a person; state: open, accepted, ignored, superseded.
CREATE TABLE level_quarantine (
  quarantine_id VARCHAR, warehouse VARCHAR, sku VARCHAR, on_hand BIGINT, before BIGINT, reason VARCHAR, as_of TIMESTAMPTZ,
  seen_at TIMESTAMPTZ, state VARCHAR, settled_at TIMESTAMPTZ, settled_by VARCHAR
);
INSERT INTO stock_movements SELECT warehouse, sku, 'opening', on_hand, 'first_level', 'opening', as_of, now() FROM stock_levels;
