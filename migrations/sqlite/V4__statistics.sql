-- Statistics: what is aimed at, what is shown of it, and what they are read from.

ALTER TABLE settings ADD COLUMN weekly_goal_s INTEGER CHECK (weekly_goal_s BETWEEN 1 AND 604800); -- NULL: none
ALTER TABLE settings ADD COLUMN show_streak INTEGER NOT NULL DEFAULT 0 CHECK (show_streak IN (0, 1));
ALTER TABLE settings ADD COLUMN rest_days TEXT NOT NULL DEFAULT '[]' CHECK (json_valid(rest_days)); -- weekdays

-- Times of day and labels of a span of dates are read from this index alone.
CREATE INDEX sessions_sat ON sessions (
    deleted, state, local_date, started_at_ms, utc_offset_s, credited_s, label
);
