-- Who gets an order and where, corrected by a person: the correction stands until the platform's other word is chosen.
-- said: JSON of the masked and hashed columns as the platform said them last and a person has seen them; told: the same as
-- it says them now where that is something else (a conflict), cipher: those words sealed; settled_*: who chose ours.
CREATE TABLE address_corrections (
  order_key BIGINT, said VARCHAR, account VARCHAR, corrected_at TIMESTAMPTZ, told VARCHAR, cipher VARCHAR,
  told_at TIMESTAMPTZ, settled_by VARCHAR, settled_at TIMESTAMPTZ
);
