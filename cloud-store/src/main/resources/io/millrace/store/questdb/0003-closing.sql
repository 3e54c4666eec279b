-- Version 3: an operator can close what will never come.
--
-- Why a column: the reason is a word to group by, and what the operator said is a sentence.

-- The operator's words; null where an agent declared the gap.
ALTER TABLE gaps ADD COLUMN IF NOT EXISTS detail VARCHAR;
