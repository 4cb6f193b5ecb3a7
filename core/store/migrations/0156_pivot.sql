-- Questions of the explorer that are told to a robot again and again. question: JSON as in the page's address.
-- every: day, week (Mondays) or month (the first); told_at: HH:MM in the business zone; told_on: the last day it was told.
CREATE TABLE pivot_schedules (
  schedule_id VARCHAR, account VARCHAR, name VARCHAR, question VARCHAR, robot VARCHAR, every VARCHAR, told_at VARCHAR,
  told_on DATE, state VARCHAR, problem VARCHAR, changed_at TIMESTAMPTZ
);
