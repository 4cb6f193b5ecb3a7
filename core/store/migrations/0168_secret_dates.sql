-- When a secret was replaced on the page Secrets; before that the row it stands in says when it was changed last.
CREATE TABLE secret_dates (place VARCHAR, owner VARCHAR, setting VARCHAR, replaced_at TIMESTAMPTZ, replaced_by VARCHAR);
