-- Questions and troubles that people carry between teams. `handovers` counts how often one went to another team.
CREATE TABLE tickets (
  ticket_id VARCHAR, order_key BIGINT, channel VARCHAR, shop VARCHAR, platform_no VARCHAR, kind VARCHAR, team VARCHAR,
  owner VARCHAR, state VARCHAR, handovers INTEGER, opened_by VARCHAR, opened_team VARCHAR, opened_at TIMESTAMPTZ,
  closed_by VARCHAR, closed_at TIMESTAMPTZ, changed_at TIMESTAMPTZ
);
-- Append only: what was said and done with a ticket. what: opened, note, taken, handed_over, closed, reopened.
CREATE TABLE ticket_notes (
  ticket_id VARCHAR, happened_at TIMESTAMPTZ, actor VARCHAR, what VARCHAR, note VARCHAR, from_team VARCHAR, to_team VARCHAR
);
