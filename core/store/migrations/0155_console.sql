-- Questions people asked at the SQL console. state: running, done, cancelled, too_long, too_much, failed, refused, lost.
CREATE TABLE console_runs (
  run_id VARCHAR, account VARCHAR, question VARCHAR, state VARCHAR, rows BIGINT, seconds DOUBLE, error VARCHAR,
  started_at TIMESTAMPTZ
);
