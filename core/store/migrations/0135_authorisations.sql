-- An authorisation on a platform's page that has begun and not come back. The state itself is never stored, only its
-- sha256; `login` is the sha256 of the browser's login that began it. A row works once and until `expires_at`.
CREATE TABLE authorisations (
    state      VARCHAR,
    login      VARCHAR,
    account    VARCHAR,
    channel    VARCHAR,
    shop       VARCHAR,
    created_at TIMESTAMPTZ,
    expires_at TIMESTAMPTZ
);
