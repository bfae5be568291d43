-- The history of one data folder: sessions, what happened in them, and the ops that a server has
-- not acknowledged. Ids are lowercase hyphenated UUIDs, `_ms` is milliseconds, `_s` whole seconds,
-- `local_date` a civil date (invariant I11). The program checks all of this before it writes; the
-- checks here are for whatever else may write.

PRAGMA application_id = 0x4d747461; -- "Mtta"

CREATE TABLE sessions (
    session_id            TEXT    NOT NULL PRIMARY KEY
                                  CHECK (length(session_id) = 36 AND session_id = lower(session_id)),
    -- Immutable from the start.
    device_id             TEXT    NOT NULL CHECK (length(device_id) = 36 AND device_id = lower(device_id)),
    source                TEXT    NOT NULL CHECK (source IN ('timer', 'manual', 'import')),
    started_at_ms         INTEGER NOT NULL,
    tz                    TEXT    NOT NULL CHECK (length(tz) BETWEEN 1 AND 64),
    utc_offset_s          INTEGER NOT NULL CHECK (utc_offset_s BETWEEN -64800 AND 64800),
    local_date            TEXT    NOT NULL CHECK (local_date IS date(local_date)),
    planned_s             INTEGER CHECK (planned_s BETWEEN 1 AND 86400), -- NULL: open-ended
    plan                  TEXT    CHECK (json_valid(plan)),
    -- Set once, by completion.
    state                 TEXT    NOT NULL CHECK (state IN ('running', 'completed')),
    ended_at_ms           INTEGER,
    completion_credited_s INTEGER CHECK (completion_credited_s BETWEEN 0 AND 86400),
    paused_s              INTEGER CHECK (paused_s >= 0),
    asleep_s              INTEGER CHECK (asleep_s >= 0),
    overtime_s            INTEGER CHECK (overtime_s >= 0),
    -- Edits: three groups, each with who wrote it last.
    note                  TEXT    CHECK (length(note) <= 10000),
    mood                  INTEGER CHECK (mood BETWEEN 1 AND 5),
    label                 TEXT    CHECK (length(label) <= 80),
    words_hlc_ms          INTEGER NOT NULL,
    words_device_id       TEXT    NOT NULL,
    words_device_seq      INTEGER NOT NULL,
    corrected_credited_s  INTEGER CHECK (corrected_credited_s BETWEEN 1 AND 86400),
    credited_hlc_ms       INTEGER NOT NULL,
    credited_device_id    TEXT    NOT NULL,
    credited_device_seq   INTEGER NOT NULL,
    deleted               INTEGER NOT NULL CHECK (deleted IN (0, 1)),
    deleted_hlc_ms        INTEGER NOT NULL,
    deleted_device_id     TEXT    NOT NULL,
    deleted_device_seq    INTEGER NOT NULL,
    -- Derived, but plain columns: SQLite does not use an index on an expression or on a generated
    -- column as a covering one.
    credited_s            INTEGER,
    interval_bells        INTEGER NOT NULL,
    CHECK (credited_s IS CASE state WHEN 'completed' THEN coalesce(corrected_credited_s, completion_credited_s) END),
    CHECK (interval_bells = coalesce(json_array_length(plan, '$.interval_at_s'), 0)),
    CHECK ((state = 'completed') = (ended_at_ms IS NOT NULL)),
    CHECK ((state = 'completed') = (completion_credited_s IS NOT NULL)),
    CHECK ((state = 'completed') = (paused_s IS NOT NULL)),
    CHECK ((state = 'completed') = (asleep_s IS NOT NULL)),
    CHECK ((state = 'completed') = (overtime_s IS NOT NULL)),
    CHECK (deleted = 1 OR credited_s IS NULL OR credited_s >= 1)
) STRICT;

-- A page of the history is read from this index alone: all that a list shows, newest first.
CREATE INDEX sessions_history ON sessions (
    deleted, started_at_ms, session_id,
    source, utc_offset_s, local_date, planned_s, interval_bells,
    ended_at_ms, completion_credited_s, paused_s, asleep_s, overtime_s, credited_s,
    note, mood, label
);

-- Totals of days are read from this index alone; it also finds running rows.
CREATE INDEX sessions_days ON sessions (deleted, state, local_date, credited_s);

CREATE TABLE session_events (
    session_id TEXT    NOT NULL REFERENCES sessions (session_id),
    event_seq  INTEGER NOT NULL CHECK (event_seq >= 1),
    kind       TEXT    NOT NULL CHECK (kind IN (
        'started', 'began_now', 'paused', 'resumed', 'slept', 'woke', 'reached_end',
        'end_requested', 'end_undone', 'recovered', 'completed', 'discarded', 'edited'
    )),
    at_ms      INTEGER NOT NULL,
    elapsed_ms INTEGER CHECK (elapsed_ms >= 0), -- NULL: not an event of the timer
    PRIMARY KEY (session_id, event_seq)
) STRICT, WITHOUT ROWID;

-- What lost against a later edit, or came after a completion: kept, never counted.
CREATE TABLE session_revisions (
    session_id   TEXT    NOT NULL REFERENCES sessions (session_id),
    revision_seq INTEGER NOT NULL CHECK (revision_seq >= 1),
    change       TEXT    NOT NULL CHECK (json_valid(change)),
    hlc_ms       INTEGER NOT NULL,
    device_id    TEXT    NOT NULL,
    device_seq   INTEGER NOT NULL,
    PRIMARY KEY (session_id, revision_seq)
) STRICT, WITHOUT ROWID;

-- Where a running sit was when it was last seen: one row for each, gone with its completion.
CREATE TABLE heartbeat (
    session_id          TEXT    NOT NULL PRIMARY KEY REFERENCES sessions (session_id),
    wall_ms             INTEGER NOT NULL,
    boot_ms             INTEGER NOT NULL CHECK (boot_ms >= 0),
    boot_id             TEXT    NOT NULL,
    phase               TEXT    NOT NULL CHECK (phase IN ('preparing', 'sitting', 'paused', 'ending', 'asking')),
    preparation_left_ms INTEGER NOT NULL CHECK (preparation_left_ms >= 0),
    elapsed_ms          INTEGER NOT NULL CHECK (elapsed_ms >= 0),
    paused_ms           INTEGER NOT NULL CHECK (paused_ms >= 0),
    asleep_ms           INTEGER NOT NULL CHECK (asleep_ms >= 0)
) STRICT, WITHOUT ROWID;

-- Ops that no server has answered, in the order in which they were made. An op leaves only in the
-- transaction that stores its answer (invariant I5).
CREATE TABLE outbox (
    device_seq         INTEGER NOT NULL PRIMARY KEY CHECK (device_seq >= 1),
    op_id              TEXT    NOT NULL UNIQUE CHECK (length(op_id) = 36 AND op_id = lower(op_id)),
    session_id         TEXT    NOT NULL REFERENCES sessions (session_id),
    payload            BLOB    NOT NULL,
    attempts           INTEGER NOT NULL DEFAULT 0 CHECK (attempts >= 0),
    next_attempt_at_ms INTEGER
) STRICT;

-- Ops that a server refused: shown and exportable, never purged silently.
CREATE TABLE outbox_rejected (
    device_seq     INTEGER NOT NULL PRIMARY KEY CHECK (device_seq >= 1),
    op_id          TEXT    NOT NULL UNIQUE CHECK (length(op_id) = 36 AND op_id = lower(op_id)),
    session_id     TEXT    NOT NULL REFERENCES sessions (session_id),
    payload        BLOB    NOT NULL,
    code           TEXT    NOT NULL,
    rejected_at_ms INTEGER NOT NULL
) STRICT;

-- This installation: who it is, its next op's number, and its clock, which never goes back.
CREATE TABLE device (
    one       INTEGER NOT NULL PRIMARY KEY CHECK (one = 1),
    device_id TEXT    NOT NULL CHECK (length(device_id) = 36 AND device_id = lower(device_id)),
    next_seq  INTEGER NOT NULL CHECK (next_seq >= 1),
    hlc_ms    INTEGER NOT NULL CHECK (hlc_ms >= 0)
) STRICT;

-- No row until a person changes something: then the defaults of the program hold.
CREATE TABLE settings (
    one                INTEGER NOT NULL PRIMARY KEY CHECK (one = 1),
    choice             TEXT    NOT NULL CHECK (json_valid(choice)), -- as sessions.plan, not yet drawn
    theme              TEXT    NOT NULL CHECK (theme IN ('system', 'light', 'dark')),
    dial               TEXT    NOT NULL CHECK (dial IN ('ring_and_time', 'ring', 'nothing')),
    keep_display_awake INTEGER NOT NULL CHECK (keep_display_awake IN (0, 1)),
    prevent_suspend    INTEGER NOT NULL CHECK (prevent_suspend IN (0, 1)),
    ask_mood           INTEGER NOT NULL CHECK (ask_mood IN (0, 1)),
    notify_at_end      TEXT    NOT NULL CHECK (notify_at_end IN ('when_hidden', 'never')),
    day_start_hour     INTEGER NOT NULL CHECK (day_start_hour BETWEEN 0 AND 12),
    week_start         TEXT    NOT NULL CHECK (week_start IN ('Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat', 'Sun')),
    close_to_tray      INTEGER NOT NULL CHECK (close_to_tray IN (0, 1))
) STRICT;
