-- Named lists for rules (whitelists, blacklists): person values as keyed hashes, `shown` masked for the page.
CREATE TABLE list_members (list VARCHAR, value VARCHAR, shown VARCHAR, note VARCHAR, added_by VARCHAR, added_at TIMESTAMPTZ);
