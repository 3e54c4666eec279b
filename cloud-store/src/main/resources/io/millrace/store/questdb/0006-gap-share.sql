-- Version 6: windows say how much of them the ledger declares as gap.
--
-- Why null in older rows: they are derived again, since the projections' snapshot is of an older form as well.

-- Share of the window's time, 0 to 1, in which readings of its agent are declared lost.
ALTER TABLE windows ADD COLUMN IF NOT EXISTS gap_share DOUBLE;
