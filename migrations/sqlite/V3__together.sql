-- What partners see of each other now, and sittings together.

-- A list shows which sits were sat together.
DROP INDEX sessions_history;
CREATE INDEX sessions_history ON sessions (
    deleted, started_at_ms, session_id,
    source, utc_offset_s, local_date, planned_s, interval_bells,
    ended_at_ms, completion_credited_s, paused_s, asleep_s, overtime_s, credited_s,
    note, mood, label, together_id, shared, note_shared
);

-- One session of each sitting together.
CREATE INDEX sessions_together ON sessions (together_id) WHERE together_id IS NOT NULL;

ALTER TABLE members ADD COLUMN shows_sitting INTEGER CHECK (shows_sitting IN (0, 1)); -- known of oneself only
ALTER TABLE members ADD COLUMN heard_at_ms INTEGER; -- on the server's clock; NULL: never, or oneself

-- Sittings together that were joined: all that is needed to begin one, whatever the network does then.
CREATE TABLE seats (
    together_id      TEXT    NOT NULL PRIMARY KEY CHECK (length(together_id) = 36 AND together_id = lower(together_id)),
    partnership_id   TEXT    NOT NULL CHECK (length(partnership_id) = 36 AND partnership_id = lower(partnership_id)),
    proposed_by      TEXT    NOT NULL CHECK (length(proposed_by) = 36 AND proposed_by = lower(proposed_by)),
    starts_at_ms     INTEGER NOT NULL, -- on the server's clock
    planned_s        INTEGER NOT NULL CHECK (planned_s BETWEEN 1 AND 86400),
    start_strikes    INTEGER NOT NULL CHECK (start_strikes BETWEEN 0 AND 9),
    end_strikes      INTEGER NOT NULL CHECK (end_strikes BETWEEN 0 AND 9),
    interval_every_s INTEGER CHECK (interval_every_s BETWEEN 1 AND 86400)
) STRICT, WITHOUT ROWID;

-- How the server's clock stands to this computer's, as last measured.
CREATE TABLE server_clock (
    one                  INTEGER NOT NULL PRIMARY KEY CHECK (one = 1),
    server_id            TEXT    NOT NULL CHECK (length(server_id) = 36 AND server_id = lower(server_id)),
    measured_at_ms       INTEGER NOT NULL, -- wall clock
    server_minus_wall_ms INTEGER NOT NULL,
    boot_id              TEXT    NOT NULL,
    server_minus_boot_ms INTEGER NOT NULL, -- only while boot_id is the same
    error_ms             INTEGER NOT NULL CHECK (error_ms >= 0)
) STRICT;
