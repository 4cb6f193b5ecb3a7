-- Orders whose person asked to be forgotten. The data of one that is still under way goes when it has left; what a later
-- payload brings back goes again. erased_at: the last time something was erased, NULL = nothing yet.
CREATE TABLE erased_orders (order_key BIGINT, asked_by VARCHAR, asked_at TIMESTAMPTZ, erased_at TIMESTAMPTZ);
