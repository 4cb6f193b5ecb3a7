-- Gifts that may be given, and how many are left. filled_at: when stock last came back (short orders are looked at again).
CREATE TABLE gift_stock (
  sku VARCHAR, name VARCHAR, barcode VARCHAR, free_qty BIGINT, filled_at TIMESTAMPTZ, changed_at TIMESTAMPTZ
);
-- What an order has been given and by which version of which activity. A gift that is withdrawn leaves; events keep it.
CREATE TABLE gift_grants (
  order_key BIGINT, promotion VARCHAR, version INTEGER, sku VARCHAR, qty BIGINT, substitute_for VARCHAR,
  person_key VARCHAR, granted_at TIMESTAMPTZ
);
-- One row an order the live activities have decided. basis: fingerprint of lines and refunds, to see a change;
-- versions: JSON {activity: version} of those that took part; watched: a gift activity among them, so that a change is
-- looked at; short: a gift was missing and the order waits;
-- audited: an activity was in reach and all list prices are known, so expected and actual can be compared.
CREATE TABLE promotion_orders (
  order_key BIGINT, channel VARCHAR, shop VARCHAR, platform_no VARCHAR, decided_at TIMESTAMPTZ, checked_at TIMESTAMPTZ,
  basis VARCHAR, versions VARCHAR, gift_units BIGINT, watched BOOLEAN, short BOOLEAN, audited BOOLEAN,
  expected_fen BIGINT, actual_fen BIGINT, diff_fen BIGINT
);
-- The activity that put a line into the order; NULL for the platform's own lines, which alone a pull may replace.
ALTER TABLE order_lines ADD COLUMN granted_by VARCHAR;
