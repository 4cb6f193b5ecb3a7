-- Logging in by the company's own login (OpenID Connect). A login that has begun there and not come back: only the
-- sha256 of its state and of the browser's cookie; `sealed` holds nonce and PKCE verifier. A row works once.
CREATE TABLE company_logins (
  state VARCHAR, browser VARCHAR, sealed VARCHAR, next VARCHAR, created_at TIMESTAMPTZ, expires_at TIMESTAMPTZ
);
-- Whose person at the provider an account is, fixed at the first login: a name can be given away there, a subject not.
CREATE TABLE account_subjects (account VARCHAR, issuer VARCHAR, subject VARCHAR, bound_at TIMESTAMPTZ);
-- What the provider gave the product to prove itself by. One row a client.
CREATE TABLE company_clients (name VARCHAR, secrets VARCHAR, changed_at TIMESTAMPTZ);
-- The provider's host for a login made there; NULL and '' for a login by password.
ALTER TABLE logins ADD COLUMN provider VARCHAR;
