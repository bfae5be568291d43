-- Which sits came from which file, so that an import can be taken back as a whole, and goes on where it
-- was cut short.

CREATE TABLE imports (
    import_seq     INTEGER NOT NULL PRIMARY KEY CHECK (import_seq >= 1),
    file_name      TEXT    NOT NULL,
    kind           TEXT    NOT NULL, -- which app wrote the file
    content_sha256 TEXT    NOT NULL CHECK (length(content_sha256) = 64 AND content_sha256 = lower(content_sha256)),
    reading        TEXT    NOT NULL, -- zone, and what else a person settled about its times
    begun_at_ms    INTEGER NOT NULL,
    finished_at_ms INTEGER, -- NULL: it was cut short
    undone_at_ms   INTEGER  -- NULL: it stands
) STRICT;

CREATE INDEX imports_content ON imports (content_sha256);

CREATE TABLE import_sits (
    session_id TEXT    NOT NULL PRIMARY KEY REFERENCES sessions (session_id),
    import_seq INTEGER NOT NULL REFERENCES imports (import_seq),
    undone     INTEGER NOT NULL CHECK (undone IN (0, 1)) -- 1: deleted because the import was taken back
) STRICT, WITHOUT ROWID;

CREATE INDEX import_sits_import ON import_sits (import_seq, undone);
