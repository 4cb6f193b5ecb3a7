-- Counts of the orders paid within one hour (microseconds since 1970 of its beginning), so that a figure of a year reads
-- hours and not ten million orders. orders, stamp: how many there were and the sum of their instants, to see a change.
CREATE TABLE cohort_hours (
  hour BIGINT, orders BIGINT, stamp BIGINT, decided BIGINT, released BIGINT, rejected BIGINT, waiting BIGINT, short BIGINT,
  served BIGINT, changed BIGINT, routed BIGINT, touched BIGINT, shipped BIGINT
);
-- When they were counted: what was written since is counted anew by whoever reads. whole_at: when all hours were.
CREATE TABLE cohort_marks (counted_at TIMESTAMPTZ, whole_at TIMESTAMPTZ);
