-- Version 5: people acknowledge and shelve alerts.
--
-- Why columns: what a person did is a step in the alert's life like any other.

-- Who did it, as they call themselves; null where nobody did.
ALTER TABLE alert_transitions ADD COLUMN IF NOT EXISTS who VARCHAR;

-- In their words.
ALTER TABLE alert_transitions ADD COLUMN IF NOT EXISTS why VARCHAR;

-- When a shelving ends.
ALTER TABLE alert_transitions ADD COLUMN IF NOT EXISTS until TIMESTAMP;
