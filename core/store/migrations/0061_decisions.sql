-- One row a decision: what a rule set said of an order, by which version, with the evidence. Append only.
-- outcome: allow, freeze, review, tag:<tag> …; mode: live or shadow; rules: JSON list of the ids that hit;
-- evidence: JSON {rule: {field or count: value}}; missing: JSON list of rules that could not be evaluated, with the field.
CREATE TABLE decisions (
  order_key BIGINT, channel VARCHAR, shop VARCHAR, platform_no VARCHAR, kind VARCHAR, rule_set VARCHAR, version INTEGER,
  mode VARCHAR, outcome VARCHAR, rules VARCHAR, evidence VARCHAR, missing VARCHAR, decided_at TIMESTAMPTZ
);
-- A person's word on a held order, learned as a label: normal (released) or fraud (rejected).
CREATE TABLE labels (order_key BIGINT, label VARCHAR, source VARCHAR, labelled_by VARCHAR, labelled_at TIMESTAMPTZ);
-- Where the decider stands: orders changed after this instant are looked at next.
CREATE TABLE decide_marks (kind VARCHAR, changed_at TIMESTAMPTZ, documents VARCHAR);
