-- Lines of purchase orders: what a supplier promised for which day, and when it left the supplier.
CREATE TABLE purchase_lines (
  supplier VARCHAR, purchase_no VARCHAR, line_no VARCHAR, sku VARCHAR, title VARCHAR, qty BIGINT, due_on DATE,
  shipped_on DATE, source VARCHAR, changed_by VARCHAR, changed_at TIMESTAMPTZ
);
-- What people decided on a suggestion, append only; the last row of (supplier, month) counts. lines, on_time, share: what
-- they saw; factor: of the next month's purchase; state: confirmed, declined or withdrawn.
CREATE TABLE supplier_decisions (
  supplier VARCHAR, month DATE, lines BIGINT, on_time BIGINT, share DOUBLE, factor DOUBLE, state VARCHAR, why VARCHAR,
  decided_by VARCHAR, decided_at TIMESTAMPTZ
);
