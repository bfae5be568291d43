-- What synchronising needs: who is signed in, what partners may see, how far each share was read,
-- and the sits of partners. Own history never depends on any of it (invariant I10).

ALTER TABLE sessions ADD COLUMN together_id TEXT
    CHECK (length(together_id) = 36 AND together_id = lower(together_id));
-- One more group of edits. The defaults are those of a group that nobody has written.
ALTER TABLE sessions ADD COLUMN shared INTEGER NOT NULL DEFAULT 1 CHECK (shared IN (0, 1));
ALTER TABLE sessions ADD COLUMN note_shared INTEGER NOT NULL DEFAULT 0 CHECK (note_shared IN (0, 1));
ALTER TABLE sessions ADD COLUMN sharing_hlc_ms INTEGER NOT NULL DEFAULT 0;
ALTER TABLE sessions ADD COLUMN sharing_device_id TEXT NOT NULL
    DEFAULT '00000000-0000-0000-0000-000000000000';
ALTER TABLE sessions ADD COLUMN sharing_device_seq INTEGER NOT NULL DEFAULT 0;

-- A page of the history is read from this index alone: all that a list shows, newest first.
DROP INDEX sessions_history;
CREATE INDEX sessions_history ON sessions (
    deleted, started_at_ms, session_id,
    source, utc_offset_s, local_date, planned_s, interval_bells,
    ended_at_ms, completion_credited_s, paused_s, asleep_s, overtime_s, credited_s,
    note, mood, label, shared, note_shared
);

-- The ops that wait in V1 know neither sittings together nor events. No server has seen one of them,
-- so they are written anew, as this version would have written them. The index makes it one look at
-- each session's ops, here and whenever an answer or a page is put under them.
CREATE INDEX outbox_sessions ON outbox (session_id, device_seq);
CREATE INDEX outbox_rejected_sessions ON outbox_rejected (session_id);
-- A refused op that a person has put away stays: it is not offered again, and what it is about is known
-- to be another on the server.
ALTER TABLE outbox_rejected ADD COLUMN dismissed INTEGER NOT NULL DEFAULT 0 CHECK (dismissed IN (0, 1));

UPDATE outbox SET payload = CAST(json_insert(CAST(payload AS TEXT), '$.session.together_id', NULL) AS BLOB);
UPDATE outbox SET payload = CAST(json_insert(
    CAST(payload AS TEXT),
    '$.change.events',
    json((
        SELECT json_group_array(
            json_object(
                'event_seq', e.event_seq,
                'kind', e.kind,
                'at_ms', min(max(e.at_ms, 0), 253402300799999),
                'elapsed_ms', e.elapsed_ms
            ) ORDER BY e.event_seq
        )
        FROM session_events AS e,
             (SELECT min(event_seq) AS end_seq FROM session_events
              WHERE session_id = outbox.session_id AND kind IN ('completed', 'discarded'))
        WHERE e.session_id = outbox.session_id
          AND (e.event_seq = end_seq OR e.event_seq < min(end_seq, 5000))
    ))
) AS BLOB)
WHERE json_extract(CAST(payload AS TEXT), '$.change.kind') = 'complete';

-- Own sessions that are to be offered again, because the server may no longer have them. A row goes
-- when its ops are in the outbox, or when the server has shown that it has them.
CREATE TABLE offers (
    session_id TEXT NOT NULL PRIMARY KEY REFERENCES sessions (session_id)
) STRICT, WITHOUT ROWID;

-- Whose folder this is: one person on one server, for good, until the person leaves that server.
CREATE TABLE account (
    one          INTEGER NOT NULL PRIMARY KEY CHECK (one = 1),
    server_url   TEXT    NOT NULL,
    server_id    TEXT    NOT NULL CHECK (length(server_id) = 36 AND server_id = lower(server_id)),
    person_id    TEXT    NOT NULL CHECK (length(person_id) = 36 AND person_id = lower(person_id)),
    login        TEXT    NOT NULL,
    display_name TEXT    NOT NULL,
    claim        TEXT    NOT NULL CHECK (claim IN ('asked', 'given')), -- may the local history be offered
    signed_in    INTEGER NOT NULL CHECK (signed_in IN (0, 1)),
    token_place  TEXT    NOT NULL CHECK (token_place IN ('keyring', 'file'))
) STRICT;

-- How synchronising goes.
CREATE TABLE sync_state (
    one              INTEGER NOT NULL PRIMARY KEY CHECK (one = 1),
    epoch            TEXT, -- of the server's database; NULL: not known yet
    last_success_ms  INTEGER,
    last_error_code  TEXT,
    last_error_at_ms INTEGER,
    -- Counts the transactions that changed what is shown and made no op, so that other windows notice.
    adopted_changes  INTEGER NOT NULL CHECK (adopted_changes >= 0),
    CHECK ((last_error_code IS NULL) = (last_error_at_ms IS NULL))
) STRICT;
INSERT INTO sync_state (one, adopted_changes) VALUES (1, 0);

-- How far each share was read, and when what it holds was last found the same on both sides.
CREATE TABLE cursors (
    server_id      TEXT    NOT NULL,
    share_id       TEXT    NOT NULL,
    seq            INTEGER NOT NULL CHECK (seq >= 0),
    epoch          TEXT    NOT NULL,
    compared_seq   INTEGER CHECK (compared_seq >= 0),
    compared_at_ms INTEGER,
    PRIMARY KEY (server_id, share_id),
    CHECK ((compared_seq IS NULL) = (compared_at_ms IS NULL))
) STRICT, WITHOUT ROWID;

CREATE TABLE partnerships (
    partnership_id TEXT NOT NULL PRIMARY KEY
                        CHECK (length(partnership_id) = 36 AND partnership_id = lower(partnership_id)),
    name           TEXT NOT NULL,
    week_start     TEXT NOT NULL CHECK (week_start IN ('Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat', 'Sun'))
) STRICT, WITHOUT ROWID;

CREATE TABLE members (
    partnership_id TEXT    NOT NULL REFERENCES partnerships (partnership_id),
    person_id      TEXT    NOT NULL CHECK (length(person_id) = 36 AND person_id = lower(person_id)),
    place          INTEGER NOT NULL CHECK (place >= 0), -- in the order in which the server names them
    display_name   TEXT    NOT NULL,
    weekly_goal_s  INTEGER CHECK (weekly_goal_s BETWEEN 1 AND 604800),
    share_since    TEXT    NOT NULL CHECK (share_since IS date(share_since)),
    is_paused      INTEGER CHECK (is_paused IN (0, 1)), -- known of oneself only
    PRIMARY KEY (partnership_id, person_id)
) STRICT, WITHOUT ROWID;

-- The feeds that may be read: the own one, and what each member shows each partnership.
CREATE TABLE shares (
    share_id       TEXT    NOT NULL PRIMARY KEY CHECK (length(share_id) = 36 AND share_id = lower(share_id)),
    person_id      TEXT    NOT NULL CHECK (length(person_id) = 36 AND person_id = lower(person_id)),
    partnership_id TEXT    REFERENCES partnerships (partnership_id), -- NULL: the own feed
    generation     INTEGER NOT NULL CHECK (generation >= 0),
    share_since    TEXT    CHECK (share_since IS date(share_since)),
    head_seq       INTEGER NOT NULL CHECK (head_seq >= 0)
) STRICT, WITHOUT ROWID;

-- Sits of members, as their shares show them: never zone name, device, mood or plan.
CREATE TABLE partner_sessions (
    share_id      TEXT    NOT NULL REFERENCES shares (share_id),
    session_id    TEXT    NOT NULL CHECK (length(session_id) = 36 AND session_id = lower(session_id)),
    started_at_ms INTEGER NOT NULL,
    utc_offset_s  INTEGER NOT NULL CHECK (utc_offset_s BETWEEN -64800 AND 64800),
    local_date    TEXT    NOT NULL CHECK (local_date IS date(local_date)),
    planned_s     INTEGER CHECK (planned_s BETWEEN 1 AND 86400),
    credited_s    INTEGER NOT NULL CHECK (credited_s BETWEEN 1 AND 86400),
    together_id   TEXT    CHECK (length(together_id) = 36 AND together_id = lower(together_id)),
    note          TEXT    CHECK (length(note) <= 10000),
    label         TEXT    CHECK (length(label) <= 80),
    PRIMARY KEY (share_id, session_id)
) STRICT;

CREATE INDEX partner_sessions_history ON partner_sessions (share_id, started_at_ms, session_id);
CREATE INDEX partner_sessions_days ON partner_sessions (share_id, local_date, credited_s);
