-- Faults of a dispatch that a person has confirmed, at a return, a ticket or the packing desk. kind: wrong_item, missing,
-- wrong_address, duplicate, after_refund. source (a ticket, a return) makes one happen once.
CREATE TABLE dispatch_faults (
  order_key BIGINT, kind VARCHAR, source VARCHAR, note VARCHAR, confirmed_by VARCHAR, found_at TIMESTAMPTZ
);
-- What went lost, by cause: mis_ship, oversell, reverse_freight, unreturned, fine.
CREATE TABLE losses (
  order_key BIGINT, cause VARCHAR, loss_fen BIGINT, source VARCHAR, note VARCHAR, noted_by VARCHAR, happened_at TIMESTAMPTZ
);
