-- Several processes on one store: who runs the jobs (its fence rises with every change of hands), how many commits there
-- were by all of them, and what a process that does not run the jobs asks of the one that does.
CREATE TABLE leases (name VARCHAR, holder VARCHAR, fence BIGINT, until TIMESTAMPTZ);
CREATE TABLE store_writes (commits BIGINT);
CREATE TABLE job_asks (job VARCHAR, ask VARCHAR, asked_at TIMESTAMPTZ);
