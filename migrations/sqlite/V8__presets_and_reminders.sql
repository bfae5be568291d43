-- Choices for a sit under a name, in the person's order; of this device only.
CREATE TABLE presets (
    preset_id     TEXT    NOT NULL PRIMARY KEY
                          CHECK (length(preset_id) = 36 AND preset_id = lower(preset_id)),
    name          TEXT    NOT NULL CHECK (length(name) BETWEEN 1 AND 60),
    choice        TEXT    NOT NULL CHECK (json_valid(choice)), -- as settings.choice
    position      INTEGER NOT NULL CHECK (position >= 0), -- of those not deleted: 0, 1, 2 …
    deleted_at_ms INTEGER -- wall clock; NULL: not deleted. Kept for a while, for undo
) STRICT, WITHOUT ROWID;

-- When the person is reminded to sit, on this device only.
CREATE TABLE reminders (
    reminder_id   TEXT    NOT NULL PRIMARY KEY
                          CHECK (length(reminder_id) = 36 AND reminder_id = lower(reminder_id)),
    weekdays      INTEGER NOT NULL CHECK (weekdays BETWEEN 1 AND 127), -- bit 0 is Monday
    at_minute     INTEGER NOT NULL CHECK (at_minute BETWEEN 0 AND 1439), -- of the clock face
    is_on         INTEGER NOT NULL CHECK (is_on IN (0, 1)),
    since_ms      INTEGER NOT NULL, -- wall clock: what was due before is not made up for
    rung_on       TEXT    CHECK (rung_on IS date(rung_on)), -- the date for which it rang last
    deleted_at_ms INTEGER -- wall clock; NULL: not deleted. Kept for a while, for undo
) STRICT, WITHOUT ROWID;

-- Hours in which nothing rings; no row: none.
CREATE TABLE quiet_hours (
    one         INTEGER NOT NULL PRIMARY KEY CHECK (one = 1),
    from_minute INTEGER NOT NULL CHECK (from_minute BETWEEN 0 AND 1439),
    to_minute   INTEGER NOT NULL CHECK (to_minute BETWEEN 0 AND 1439)
) STRICT;

-- The keys that bring Mitta to the front, or begin a sit, from any program; NULL: none.
ALTER TABLE settings ADD COLUMN shortcut TEXT CHECK (json_valid(shortcut));

-- A sit with a corrected date has many rows, of which one counts: which one did before an import brought
-- this one, and which one did when the import was taken back. NULL: none, or this one.
ALTER TABLE import_sits ADD COLUMN instead_of TEXT REFERENCES sessions (session_id);
ALTER TABLE import_sits ADD COLUMN taken      TEXT REFERENCES sessions (session_id);
