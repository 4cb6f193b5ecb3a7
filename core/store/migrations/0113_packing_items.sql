-- What belongs into the parcel as it was when its slip was scanned: JSON list; a scan need not ask for it again.
ALTER TABLE packings ADD COLUMN items VARCHAR;
