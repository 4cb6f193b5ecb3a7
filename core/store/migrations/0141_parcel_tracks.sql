-- Services that tell where parcels are. settings: JSON; secrets sealed. callback: the address they push to, '' = they are asked.
CREATE TABLE tracking_accounts (
  name VARCHAR, kind VARCHAR, settings VARCHAR, secrets VARCHAR, callback VARCHAR, active BOOLEAN, demo BOOLEAN, changed_at TIMESTAMPTZ
);
-- Parcels on the road: one row a waybill of an order. state, trouble: core/model/parcels.py. settled: the trouble that a person has settled
-- (another one is shown again). next_at: when the courier is asked again.
CREATE TABLE parcel_tracks (
  track_id VARCHAR, order_key BIGINT, channel VARCHAR, shop VARCHAR, platform_no VARCHAR, warehouse VARCHAR, courier VARCHAR,
  tracking_no VARCHAR, state VARCHAR, trouble VARCHAR, settled VARCHAR, settled_by VARCHAR, settled_why VARCHAR,
  left_at TIMESTAMPTZ, last_scan_at TIMESTAMPTZ, last_words VARCHAR, last_place VARCHAR, scans INTEGER, delivered_at TIMESTAMPTZ,
  troubled_at TIMESTAMPTZ, account VARCHAR, subscribed_at TIMESTAMPTZ, asked_at TIMESTAMPTZ, next_at TIMESTAMPTZ, failures INTEGER, error VARCHAR,
  made_at TIMESTAMPTZ, changed_at TIMESTAMPTZ
);
-- The couriers' stories, line by line.
CREATE TABLE parcel_scans (track_id VARCHAR, order_key BIGINT, scanned_at TIMESTAMPTZ, state VARCHAR, words VARCHAR, place VARCHAR);
