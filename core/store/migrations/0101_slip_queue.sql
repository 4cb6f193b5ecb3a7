-- When a slip was handed to a printer's queue: once, whatever walks by.
ALTER TABLE slips ADD COLUMN queued_at TIMESTAMPTZ;
