-- Version 4: windows say more of their readings.
--
-- Why null in older rows: they are derived again, since the projections' snapshot is of an older form as well.

ALTER TABLE windows ADD COLUMN IF NOT EXISTS sum DOUBLE;

-- Of the readings, divided by their count.
ALTER TABLE windows ADD COLUMN IF NOT EXISTS variance DOUBLE;

-- By event time.
ALTER TABLE windows ADD COLUMN IF NOT EXISTS first DOUBLE;

-- Growth of a counter each second; null if the window has not two readings at different times.
ALTER TABLE windows ADD COLUMN IF NOT EXISTS rate DOUBLE;
