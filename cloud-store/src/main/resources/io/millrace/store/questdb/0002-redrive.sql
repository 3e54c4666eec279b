-- Version 2: dead letters can be driven again.
--
-- Why columns and not a table: a letter's row is written again under its key, so whoever reads it sees at once whether it
-- is a dead letter still.

-- When it was driven again last; null if never.
ALTER TABLE dead_letters ADD COLUMN IF NOT EXISTS redriven_ts TIMESTAMP;

-- 'stored' once it is no dead letter any more; null before.
ALTER TABLE dead_letters ADD COLUMN IF NOT EXISTS outcome SYMBOL;
