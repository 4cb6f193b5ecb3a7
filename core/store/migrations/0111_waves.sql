-- A wave: slips picked in one go. kind: single (one line a slip), mixed, '' = all. leaves_at: when its courier fetches.
CREATE TABLE waves (
  wave VARCHAR, day DATE, number BIGINT, warehouse VARCHAR, courier VARCHAR, kind VARCHAR, leaves_at TIMESTAMPTZ,
  made_at TIMESTAMPTZ, made_by VARCHAR
);
-- How waves are made in a warehouse; '' = in all that have no row. cutoffs: JSON {courier: "HH:MM"} in the business zone.
CREATE TABLE wave_rules (
  warehouse VARCHAR, by_courier BOOLEAN, single_first BOOLEAN, most INTEGER, cutoffs VARCHAR, changed_at TIMESTAMPTZ,
  changed_by VARCHAR
);
-- Where a SKU lies in a warehouse: zone-aisle-bin as the warehouse writes it.
CREATE TABLE bin_locations (warehouse VARCHAR, sku VARCHAR, location VARCHAR, changed_at TIMESTAMPTZ);
ALTER TABLE slips ADD COLUMN courier VARCHAR;
ALTER TABLE slips ADD COLUMN single BOOLEAN;
ALTER TABLE slips ADD COLUMN printed_at TIMESTAMPTZ;
ALTER TABLE slips ADD COLUMN picked_at TIMESTAMPTZ;
ALTER TABLE slips ADD COLUMN picked_by VARCHAR;
