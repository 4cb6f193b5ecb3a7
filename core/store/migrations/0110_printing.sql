-- kind: raw (TCP, as on 9100) or ipp (a CUPS queue); language: pdf zpl escpos text; NULL = raw, pdf. warehouse '' or NULL = any.
ALTER TABLE printers ADD COLUMN kind VARCHAR;
ALTER TABLE printers ADD COLUMN language VARCHAR;
ALTER TABLE printers ADD COLUMN paper VARCHAR;
ALTER TABLE printers ADD COLUMN queue VARCHAR;
ALTER TABLE printers ADD COLUMN warehouse VARCHAR;
-- One row a job; its outbox message has the same key. state: waiting, sending (bytes may be under way), printed, failed, unknown
-- (broke off under way: a person says what came out), void (nothing was left to print). slips: JSON list of slip numbers.
-- ticket: the job's number at the print server, by which it can be asked for.
CREATE TABLE print_jobs (
  job_key VARCHAR, document VARCHAR, printer VARCHAR, wave VARCHAR, slips VARCHAR, reprint BOOLEAN, state VARCHAR,
  ticket VARCHAR, attempts INTEGER, told VARCHAR, lost VARCHAR, made_by VARCHAR, made_at TIMESTAMPTZ, changed_at TIMESTAMPTZ,
  settled_by VARCHAR
);
