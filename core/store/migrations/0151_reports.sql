-- Monthly reports as made: content is base64 of the file. kind: pdf or xlsx.
CREATE TABLE monthly_reports (
  month DATE, kind VARCHAR, language VARCHAR, name VARCHAR, content VARCHAR, bytes BIGINT, made_by VARCHAR, made_at TIMESTAMPTZ
);
-- Whether a watched figure is outside of its band, since when, and in words. One row a figure.
CREATE TABLE figure_states (name VARCHAR, outside BOOLEAN, value DOUBLE, said VARCHAR, since TIMESTAMPTZ, changed_at TIMESTAMPTZ);
