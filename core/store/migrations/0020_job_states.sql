-- How each job fared last: one row a job, written when its outcome changes and otherwise now and then.
CREATE TABLE job_states (
  job VARCHAR, paused BOOLEAN, started_at TIMESTAMPTZ, finished_at TIMESTAMPTZ, outcome VARCHAR, result VARCHAR,
  runs BIGINT, failures BIGINT, changed_at TIMESTAMPTZ
);
