-- What an administrator changed of a ready-made role, and the own roles. The permissions of a ready-made role are the
-- table's in the code, with `added` and without `removed`; an own role has `added` alone. All lists are JSON texts:
-- permissions, [channel, shop] pairs, warehouse codes, names of columns.
CREATE TABLE roles (
  role VARCHAR, title VARCHAR, note VARCHAR, added VARCHAR, removed VARCHAR, shops VARCHAR, warehouses VARCHAR,
  hidden VARCHAR, created_at TIMESTAMPTZ, changed_at TIMESTAMPTZ
);
