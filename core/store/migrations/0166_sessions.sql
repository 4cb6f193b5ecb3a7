-- Where a login came from (masked), and whether its second factor was proven; NULL in logins from before is proven.
ALTER TABLE logins ADD COLUMN address VARCHAR;
ALTER TABLE logins ADD COLUMN proven BOOLEAN;
-- The second factor of an account: its sealed secret, the last time step used (a code counts once), hashed recovery codes.
CREATE TABLE second_factors (
  account VARCHAR, sealed VARCHAR, confirmed_at TIMESTAMPTZ, last_step BIGINT, recovery VARCHAR, created_at TIMESTAMPTZ
);
