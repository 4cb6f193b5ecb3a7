-- What a third party's blacklist said of a phone, buyer or IP address: kept for a while, whether it is listed or not.
-- asked: keyed hash of what was asked, so that the table names nobody.
CREATE TABLE blacklist_cache (
  asked VARCHAR, level VARCHAR, reason VARCHAR, score DOUBLE, heard_at TIMESTAMPTZ, expires_at TIMESTAMPTZ
);
-- What it said of an order. state: answered, cached, silent (no answer in time), nothing (the order has nothing to ask by).
CREATE TABLE blacklist_results (
  order_key BIGINT, state VARCHAR, level VARCHAR, reason VARCHAR, score DOUBLE, millis BIGINT, asked_at TIMESTAMPTZ
);
