-- When the line's order came into the pool: a bound that lets a batch's reads of lines skip all that is older. A line
-- nobody knows it of counts as newer than everything, so that no bound leaves it out.
ALTER TABLE order_lines ADD COLUMN pool_at TIMESTAMPTZ DEFAULT 'infinity'::TIMESTAMPTZ;
UPDATE order_lines SET pool_at = coalesce((SELECT max(o.pool_at) FROM orders o WHERE o.order_key = order_lines.order_key), 'infinity'::TIMESTAMPTZ);
