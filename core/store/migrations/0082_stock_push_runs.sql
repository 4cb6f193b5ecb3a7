-- Each round of the push: SKUs reckoned, figures put into the outbox, shops re-pulled, SKUs that lack a platform id.
CREATE TABLE stock_push_runs (planned_at TIMESTAMPTZ, skus BIGINT, figures BIGINT, shops BIGINT, unlisted BIGINT);
