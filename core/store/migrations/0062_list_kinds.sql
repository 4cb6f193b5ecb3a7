-- What a member of a list is: phone, buyer_id, recipient, address, ip or sku. Rules compare it with the field of that name.
ALTER TABLE list_members ADD COLUMN kind VARCHAR;
-- A list stands by itself, so that an empty one can be chosen in a rule.
CREATE TABLE named_lists (list VARCHAR, purpose VARCHAR, note VARCHAR, created_by VARCHAR, created_at TIMESTAMPTZ);
