-- Orders that lost their place on a shelf after a correction of the WMS; outcome: held (waits for stock) or rerouted.
CREATE TABLE stock_victims (
  order_key BIGINT, channel VARCHAR, shop VARCHAR, platform_no VARCHAR, thing VARCHAR, qty BIGINT, outcome VARCHAR, chosen_at TIMESTAMPTZ
);
