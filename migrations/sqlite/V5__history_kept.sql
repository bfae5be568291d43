-- Words of sits can be searched for, and a sit whose date was corrected stands in the place of another.

-- The session in whose place it stands. No foreign key: by sync the two may come in any order.
ALTER TABLE sessions ADD COLUMN replaces TEXT
    CHECK (length(replaces) = 36 AND replaces = lower(replaces) AND replaces <> session_id);
CREATE INDEX sessions_replaces ON sessions (replaces) WHERE replaces IS NOT NULL;

-- Lists of one label, and the labels there are.
CREATE INDEX sessions_labels ON sessions (label, started_at_ms, session_id) WHERE deleted = 0 AND label IS NOT NULL;

-- The sits that have words, numbered by when they began (4,096 numbers for each millisecond), so that
-- the index below gives what it finds in the order of a list. The rowid of `sessions` would do
-- neither: a VACUUM may change it.
CREATE TABLE search_rows (
    search_id  INTEGER NOT NULL PRIMARY KEY,
    session_id TEXT    NOT NULL UNIQUE REFERENCES sessions (session_id)
) STRICT;

CREATE VIEW search_words AS
    SELECT r.search_id, s.note, s.label
    FROM search_rows AS r JOIN sessions AS s ON s.session_id = r.session_id;

-- By three letters at a time: what is searched for is found inside of words too, in every script. The
-- texts themselves stay in `sessions`.
CREATE VIRTUAL TABLE search USING fts5(
    note, label,
    content = 'search_words', content_rowid = 'search_id', columnsize = 0,
    tokenize = 'trigram remove_diacritics 1'
);

INSERT INTO search_rows (search_id, session_id)
    SELECT min(max(started_at_ms, -100000000000000), 300000000000000) * 4096
           + (row_number() OVER (PARTITION BY started_at_ms ORDER BY session_id) - 1) % 4096,
           session_id
    FROM sessions WHERE note IS NOT NULL OR label IS NOT NULL;
INSERT INTO search (search) VALUES ('rebuild');

-- Kept by the tables themselves, so that no way of writing a session can forget it. More than 4,096
-- sits of one millisecond take the numbers after all others.
CREATE TRIGGER sessions_search_insert AFTER INSERT ON sessions
WHEN new.note IS NOT NULL OR new.label IS NOT NULL
BEGIN
    INSERT INTO search_rows (search_id, session_id)
        SELECT CASE WHEN last = first + 4095 THEN (SELECT max(search_id) + 1 FROM search_rows)
                    ELSE coalesce(last + 1, first) END, new.session_id
        FROM (SELECT first, (SELECT max(search_id) FROM search_rows WHERE search_id BETWEEN first AND first + 4095) AS last
              FROM (SELECT min(max(new.started_at_ms, -100000000000000), 300000000000000) * 4096 AS first));
    INSERT INTO search (rowid, note, label)
        SELECT search_id, new.note, new.label FROM search_rows WHERE session_id = new.session_id;
END;

CREATE TRIGGER sessions_search_update AFTER UPDATE OF note, label ON sessions
WHEN new.note IS NOT old.note OR new.label IS NOT old.label
BEGIN
    INSERT INTO search (search, rowid, note, label)
        SELECT 'delete', search_id, old.note, old.label FROM search_rows WHERE session_id = old.session_id;
    INSERT INTO search_rows (search_id, session_id)
        SELECT CASE WHEN last = first + 4095 THEN (SELECT max(search_id) + 1 FROM search_rows)
                    ELSE coalesce(last + 1, first) END, new.session_id
        FROM (SELECT first, (SELECT max(search_id) FROM search_rows WHERE search_id BETWEEN first AND first + 4095) AS last
              FROM (SELECT min(max(new.started_at_ms, -100000000000000), 300000000000000) * 4096 AS first))
        WHERE NOT EXISTS (SELECT 1 FROM search_rows WHERE session_id = new.session_id);
    INSERT INTO search (rowid, note, label)
        SELECT search_id, new.note, new.label FROM search_rows WHERE session_id = new.session_id;
END;
