-- Who reads a robot's group or mail box: a role, NULL or '' for everybody. Rules may name roles instead of robots.
ALTER TABLE robots ADD COLUMN role VARCHAR;
-- Which rule raised the alert; '' or NULL: a station of a flow, told at once.
ALTER TABLE alerts ADD COLUMN rule VARCHAR;
-- Who is told about what. events, roles, robots: JSON lists; wait_minutes: after a message of the rule the next one gathers that
-- long; quiet_from, quiet_to: HH:MM of the business zone between which nothing is told ('' none).
CREATE TABLE alert_rules (
  name VARCHAR, events VARCHAR, roles VARCHAR, robots VARCHAR, wait_minutes INTEGER, quiet_from VARCHAR, quiet_to VARCHAR,
  active BOOLEAN, changed_by VARCHAR, changed_at TIMESTAMPTZ
);
-- What has been looked at for rules lately: the event's word, the thing (order, message, doubt) and its instant; pruned.
CREATE TABLE alert_seen (event VARCHAR, thing VARCHAR, seen_at TIMESTAMPTZ);
-- One row a message to people, with the very orders it is about. order_keys: JSON list of the first 500.
CREATE TABLE alert_messages (
  message_id VARCHAR, robot VARCHAR, title VARCHAR, body VARCHAR, order_keys VARCHAR, orders BIGINT, made_at TIMESTAMPTZ
);
