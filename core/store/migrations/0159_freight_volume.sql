-- What a bill tells of the volume weight and of surcharges, and the volume of our own goods (0: not known).
ALTER TABLE freight_lines ADD COLUMN volume_g BIGINT;
ALTER TABLE freight_lines ADD COLUMN surcharge_fen BIGINT;
ALTER TABLE freight_lines ADD COLUMN own_volume_cm3 BIGINT;
