-- A sit whose date was corrected is a new session in the place of one that is deleted. No foreign key:
-- the two may come in any order, and what it points to may be on its way.

ALTER TABLE mitta.sessions ADD COLUMN replaces uuid CHECK (replaces <> session_id);
