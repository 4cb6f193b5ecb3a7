-- follows: what the message is about where its messages must go one after the other ("order:<key>", "=<subject>" where a
-- newer one overtakes); NULL: in any order. place: its place among those put together. why: a person's reason.
ALTER TABLE outbox ADD COLUMN follows VARCHAR;
ALTER TABLE outbox ADD COLUMN place INTEGER;
ALTER TABLE outbox ADD COLUMN why VARCHAR;
