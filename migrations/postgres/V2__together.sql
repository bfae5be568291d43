-- What partners see of each other now: how fresh it is, who is sitting, what is proposed. As in V1: whatever is not granted by name is done by a definer function or
-- not at all, and consent is judged in one place, `sitting_for`.

-- Partners see when one is sitting: a consent of its own, given anew by whoever comes back.
ALTER TABLE mitta.memberships ADD COLUMN shows_sitting boolean NOT NULL DEFAULT false;
GRANT UPDATE (shows_sitting) ON mitta.memberships TO mitta_server;

-- Counts up with every change of what members see of a partnership itself: names, goals, who is in it.
ALTER TABLE mitta.partnerships ADD COLUMN rev bigint NOT NULL DEFAULT 0;

-- The newest sits of a person, page by page.
CREATE INDEX sessions_newest ON mitta.sessions (person_id, started_at_ms DESC, session_id DESC);

-- When a device of a person was last heard of, rounded down so far that it says nothing of what it did.
CREATE TABLE mitta.contacts (
    person_id   uuid   NOT NULL PRIMARY KEY REFERENCES mitta.accounts ON DELETE CASCADE,
    heard_at_ms bigint NOT NULL
);

-- Who is sitting, as their device last said.
CREATE TABLE mitta.presence (
    person_id     uuid   NOT NULL PRIMARY KEY REFERENCES mitta.accounts ON DELETE CASCADE,
    session_id    uuid   NOT NULL,
    local_date    date   NOT NULL,
    started_at_ms bigint NOT NULL,
    ends_at_ms    bigint, -- NULL: open-ended, or paused
    together_id   uuid,
    said_at_ms    bigint NOT NULL
);

-- Sittings together. Their ids are made by the device that proposes.
CREATE TABLE mitta.proposals (
    together_id      uuid    NOT NULL PRIMARY KEY,
    partnership_id   uuid    NOT NULL REFERENCES mitta.partnerships ON DELETE CASCADE,
    proposed_by      uuid    NOT NULL REFERENCES mitta.accounts ON DELETE CASCADE,
    starts_at_ms     bigint  NOT NULL,
    planned_s        integer NOT NULL CHECK (planned_s BETWEEN 1 AND 86400),
    start_strikes    integer NOT NULL CHECK (start_strikes BETWEEN 0 AND 9),
    end_strikes      integer NOT NULL CHECK (end_strikes BETWEEN 0 AND 9),
    interval_every_s integer CHECK (interval_every_s BETWEEN 1 AND 86400)
);
CREATE INDEX proposals_partnership ON mitta.proposals (partnership_id, starts_at_ms);
CREATE INDEX proposals_by ON mitta.proposals (proposed_by);

CREATE TABLE mitta.proposal_answers (
    person_id   uuid NOT NULL REFERENCES mitta.accounts ON DELETE CASCADE,
    together_id uuid NOT NULL REFERENCES mitta.proposals ON DELETE CASCADE,
    answer      text NOT NULL CHECK (answer IN ('joined', 'declined')),
    PRIMARY KEY (person_id, together_id)
);
CREATE INDEX proposal_answers_together ON mitta.proposal_answers (together_id);

DO $$
DECLARE personal text;
BEGIN
    FOREACH personal IN ARRAY ARRAY['contacts', 'presence', 'proposal_answers']
    LOOP
        EXECUTE format('ALTER TABLE mitta.%I ENABLE ROW LEVEL SECURITY', personal);
        EXECUTE format('ALTER TABLE mitta.%I FORCE ROW LEVEL SECURITY', personal);
        EXECUTE format('CREATE POLICY own_rows ON mitta.%I TO mitta_server
            USING (person_id = (SELECT mitta.current_person()))
            WITH CHECK (person_id = (SELECT mitta.current_person()))', personal);
        EXECUTE format('CREATE POLICY definer ON mitta.%I TO mitta_definer USING (true) WITH CHECK (true)', personal);
    END LOOP;
END $$;
GRANT SELECT, INSERT, UPDATE, DELETE ON mitta.presence TO mitta_server;
GRANT SELECT, INSERT, UPDATE ON mitta.contacts TO mitta_server;
GRANT SELECT ON mitta.proposal_answers TO mitta_server;
GRANT SELECT, INSERT, UPDATE, DELETE ON mitta.contacts, mitta.proposals, mitta.proposal_answers TO mitta_definer;
GRANT SELECT, DELETE ON mitta.presence TO mitta_definer;

GRANT CREATE ON SCHEMA mitta TO mitta_definer;
SET LOCAL ROLE mitta_definer;
ALTER DEFAULT PRIVILEGES REVOKE EXECUTE ON FUNCTIONS FROM PUBLIC;

-- Partnerships, as members see them.

DROP FUNCTION mitta.my_members();
-- The members of all own partnerships, oneself first. A pause and the consent to be seen sitting are said
-- only of oneself, when a device was heard of only of others.
CREATE FUNCTION mitta.my_members()
    RETURNS TABLE (partnership_id uuid, person_id uuid, display_name text, weekly_goal_s integer, share_since date,
        is_paused boolean, shows_sitting boolean, heard_at_ms bigint, joined_at_ms bigint)
    LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, mitta, pg_temp
AS $$
    SELECT o.partnership_id, o.person_id, a.display_name, o.weekly_goal_s, o.share_since,
        CASE WHEN o.person_id = m.person_id THEN EXISTS (
            SELECT FROM mitta.shares s JOIN mitta.pauses p ON p.person_id = s.person_id AND p.share_id = s.share_id AND p.until_ms IS NULL
            WHERE s.person_id = o.person_id AND s.partnership_id = o.partnership_id AND s.closed_at_ms IS NULL) END,
        CASE WHEN o.person_id = m.person_id THEN o.shows_sitting END,
        CASE WHEN o.person_id <> m.person_id THEN c.heard_at_ms END,
        o.joined_at_ms
    FROM mitta.memberships m
    JOIN mitta.memberships o ON o.partnership_id = m.partnership_id AND o.left_at_ms IS NULL
    JOIN mitta.accounts a ON a.person_id = o.person_id
    LEFT JOIN mitta.contacts c ON c.person_id = o.person_id
    WHERE m.person_id = mitta.current_person() AND m.left_at_ms IS NULL
    ORDER BY o.partnership_id, o.person_id <> m.person_id, o.joined_at_ms, o.person_id
$$;

DROP FUNCTION mitta.my_partnership_change(uuid, text, text);
-- NULL leaves a column as it is; `expected_*`, where given, is what it must be until now, or it is what is
-- asked for already (a retry, or both had the same thought). `changed`, `none` for who is no member, or
-- `meanwhile`.
CREATE FUNCTION mitta.my_partnership_change(partnership_id uuid, name text, week_start text,
    expected_name text, expected_week_start text)
    RETURNS text
    LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, mitta, pg_temp
AS $$
#variable_conflict use_column
DECLARE changed bigint;
BEGIN
    IF NOT mitta.my_partnership_lock(my_partnership_change.partnership_id) THEN RETURN 'none'; END IF;
    UPDATE mitta.partnerships p SET
        name = coalesce(my_partnership_change.name, p.name),
        week_start = coalesce(my_partnership_change.week_start, p.week_start),
        rev = p.rev + 1
    WHERE p.partnership_id = my_partnership_change.partnership_id
        AND (expected_name IS NULL OR p.name IN (expected_name, my_partnership_change.name))
        AND (expected_week_start IS NULL OR p.week_start IN (expected_week_start, my_partnership_change.week_start));
    GET DIAGNOSTICS changed = ROW_COUNT;
    RETURN CASE changed WHEN 1 THEN 'changed' ELSE 'meanwhile' END;
END $$;

-- Members see something else of these partnerships now: of one of the own ones, or of all with NULL.
CREATE FUNCTION mitta.my_partnerships_touch(partnership_id uuid) RETURNS bigint
    LANGUAGE sql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, mitta, pg_temp
AS $$
    WITH mine AS (
        SELECT p.partnership_id FROM mitta.partnerships p
        WHERE p.partnership_id = coalesce(my_partnerships_touch.partnership_id, p.partnership_id)
            AND p.partnership_id IN (SELECT m.partnership_id FROM mitta.memberships m
                WHERE m.person_id = mitta.current_person() AND m.left_at_ms IS NULL)
        ORDER BY p.partnership_id FOR UPDATE
    ), touched AS (
        UPDATE mitta.partnerships p SET rev = p.rev + 1 FROM mine WHERE p.partnership_id = mine.partnership_id
        RETURNING 1
    )
    SELECT count(*) FROM touched
$$;

-- Before my_membership_end: nothing of what one proposed or answered there stays, and the consent ends.
CREATE FUNCTION mitta.my_together_end(partnership_id uuid) RETURNS void
    LANGUAGE sql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, mitta, pg_temp
AS $$
    DELETE FROM mitta.proposals p
    WHERE p.partnership_id = my_together_end.partnership_id AND p.proposed_by = mitta.current_person();
    DELETE FROM mitta.proposal_answers a USING mitta.proposals p
    WHERE a.person_id = mitta.current_person() AND a.together_id = p.together_id
        AND p.partnership_id = my_together_end.partnership_id;
    UPDATE mitta.memberships m SET shows_sitting = false
    WHERE m.person_id = mitta.current_person() AND m.partnership_id = my_together_end.partnership_id;
$$;

-- A page of what a share shows, newest first. It is read in that order: a long history costs nothing.
CREATE FUNCTION mitta.share_newest(share_id uuid, before_ms bigint, before_session_id uuid, at_most integer)
    RETURNS TABLE (session_id uuid, started_at_ms bigint, utc_offset_s integer, local_date date, planned_s integer,
        credited_s integer, together_id uuid, note text, label text)
    LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, mitta, pg_temp
AS $$
    SELECT n.session_id, n.started_at_ms, n.utc_offset_s, n.local_date, n.planned_s, n.credited_s, n.together_id,
        CASE WHEN n.note_shared THEN n.note END, CASE WHEN n.note_shared THEN n.label END
    FROM mitta.readable_shares(mitta.current_person()) r
    CROSS JOIN LATERAL (
        SELECT s.*
        FROM mitta.sessions s
        JOIN mitta.changes c ON c.person_id = s.person_id AND c.share_id = r.share_id AND c.session_id = s.session_id
        WHERE s.person_id = r.owner AND c.kind = 'session' AND s.state = 'completed' AND NOT s.deleted
            AND s.shared AND s.local_date >= r.share_since
            AND NOT EXISTS (SELECT 1 FROM mitta.pauses p WHERE p.person_id = c.person_id AND p.share_id = c.share_id
                AND s.started_at_ms >= p.from_ms AND (p.until_ms IS NULL OR s.started_at_ms < p.until_ms))
            AND (s.started_at_ms, s.session_id) < (coalesce(before_ms, 9223372036854775807),
                coalesce(before_session_id, 'ffffffff-ffff-ffff-ffff-ffffffffffff'))
        ORDER BY s.started_at_ms DESC, s.session_id DESC
        LIMIT at_most) n
    WHERE r.share_id = share_newest.share_id
    ORDER BY n.started_at_ms DESC, n.session_id DESC
$$;

-- What goes on now. The two functions that take a reader are not granted to the server.

-- Who is sitting, as far as `reader` may see it: among members, with consent, not while sharing is paused,
-- only of days that are shared, and nothing of a sit that is private, deleted or over.
CREATE FUNCTION mitta.sitting_for(reader uuid, now_ms bigint)
    RETURNS TABLE (partnership_id uuid, person_id uuid, started_at_ms bigint, ends_at_ms bigint, together_id uuid)
    LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, mitta, pg_temp
AS $$
    SELECT theirs.partnership_id, p.person_id, p.started_at_ms, p.ends_at_ms,
        -- Of a sitting together that is another partnership's not even the id.
        CASE WHEN EXISTS (SELECT FROM mitta.proposals q WHERE q.together_id = p.together_id
            AND q.partnership_id = theirs.partnership_id) THEN p.together_id END
    FROM mitta.memberships mine
    JOIN mitta.memberships theirs ON theirs.partnership_id = mine.partnership_id AND theirs.left_at_ms IS NULL
    JOIN mitta.presence p ON p.person_id = theirs.person_id
    WHERE mine.person_id = reader AND mine.left_at_ms IS NULL
        AND theirs.shows_sitting
        AND p.local_date >= theirs.share_since
        AND p.said_at_ms > now_ms - 120000 AND (p.ends_at_ms IS NULL OR p.ends_at_ms > now_ms)
        AND NOT EXISTS (SELECT FROM mitta.shares s JOIN mitta.pauses u ON u.person_id = s.person_id AND u.share_id = s.share_id
            WHERE s.person_id = p.person_id AND s.partnership_id = theirs.partnership_id AND s.closed_at_ms IS NULL
                AND (u.until_ms IS NULL OR p.started_at_ms >= u.from_ms AND p.started_at_ms < u.until_ms))
        AND NOT EXISTS (SELECT FROM mitta.sessions s WHERE s.person_id = p.person_id AND s.session_id = p.session_id
            AND (NOT s.shared OR s.deleted OR s.state <> 'running'))
$$;

CREATE FUNCTION mitta.proposals_for(reader uuid, now_ms bigint)
    RETURNS TABLE (together_id uuid, partnership_id uuid, proposed_by uuid, starts_at_ms bigint, planned_s integer,
        start_strikes integer, end_strikes integer, interval_every_s integer, answered uuid[], answers text[])
    LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, mitta, pg_temp
AS $$
    SELECT p.together_id, p.partnership_id, p.proposed_by, p.starts_at_ms, p.planned_s, p.start_strikes, p.end_strikes,
        p.interval_every_s,
        ARRAY(SELECT a.person_id FROM mitta.proposal_answers a WHERE a.together_id = p.together_id ORDER BY a.person_id),
        ARRAY(SELECT a.answer FROM mitta.proposal_answers a WHERE a.together_id = p.together_id ORDER BY a.person_id)
    FROM mitta.memberships m JOIN mitta.proposals p ON p.partnership_id = m.partnership_id
    WHERE m.person_id = reader AND m.left_at_ms IS NULL AND p.starts_at_ms + p.planned_s * 1000::bigint > now_ms
    ORDER BY p.starts_at_ms, p.together_id
$$;

CREATE FUNCTION mitta.my_sitting(now_ms bigint)
    RETURNS TABLE (partnership_id uuid, person_id uuid, started_at_ms bigint, ends_at_ms bigint, together_id uuid)
    LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, mitta, pg_temp
AS $$
    SELECT s.partnership_id, s.person_id, s.started_at_ms, s.ends_at_ms, s.together_id
    FROM mitta.sitting_for(mitta.current_person(), my_sitting.now_ms) s ORDER BY s.partnership_id, s.person_id
$$;

CREATE FUNCTION mitta.my_proposals(now_ms bigint)
    RETURNS TABLE (together_id uuid, partnership_id uuid, proposed_by uuid, starts_at_ms bigint, planned_s integer,
        start_strikes integer, end_strikes integer, interval_every_s integer, answered uuid[], answers text[])
    LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, mitta, pg_temp
AS $$
    SELECT p.together_id, p.partnership_id, p.proposed_by, p.starts_at_ms, p.planned_s, p.start_strikes, p.end_strikes,
        p.interval_every_s, p.answered, p.answers
    FROM mitta.proposals_for(mitta.current_person(), my_proposals.now_ms) p
$$;

-- `made` (also again, by the same person with the same content, however late), `other` where the id stands
-- for another one, `none` for who is no member, `past` or `ahead` where it does not begin between the two
-- times, `many` where there are `at_most` open ones. Who proposes has joined.
CREATE FUNCTION mitta.my_proposal_make(together_id uuid, partnership_id uuid, starts_at_ms bigint, planned_s integer,
    start_strikes integer, end_strikes integer, interval_every_s integer, is_soon boolean, earliest_ms bigint, latest_ms bigint,
    at_most integer, now_ms bigint)
    RETURNS text
    LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, mitta, pg_temp
AS $$
#variable_conflict use_column
DECLARE
    me uuid := mitta.current_person();
    p mitta.proposals;
BEGIN
    IF NOT mitta.my_partnership_lock(my_proposal_make.partnership_id) THEN RETURN 'none'; END IF;
    SELECT * INTO p FROM mitta.proposals o WHERE o.together_id = my_proposal_make.together_id;
    IF FOUND THEN
        -- A start "as soon as may be" was fixed by the first try.
        RETURN CASE WHEN p.partnership_id = my_proposal_make.partnership_id AND p.proposed_by = me
            AND (is_soon OR p.starts_at_ms = my_proposal_make.starts_at_ms)
            AND p.planned_s = my_proposal_make.planned_s AND p.start_strikes = my_proposal_make.start_strikes
            AND p.end_strikes = my_proposal_make.end_strikes
            AND p.interval_every_s IS NOT DISTINCT FROM my_proposal_make.interval_every_s
            THEN 'made' ELSE 'other' END;
    END IF;
    IF my_proposal_make.starts_at_ms < earliest_ms THEN RETURN 'past'; END IF;
    IF my_proposal_make.starts_at_ms > latest_ms THEN RETURN 'ahead'; END IF;
    DELETE FROM mitta.proposals o WHERE o.partnership_id = my_proposal_make.partnership_id
        AND o.starts_at_ms + o.planned_s * 1000::bigint < now_ms - 86400000;
    IF (SELECT count(*) FROM mitta.proposals o WHERE o.partnership_id = my_proposal_make.partnership_id
        AND o.starts_at_ms + o.planned_s * 1000::bigint > now_ms) >= at_most THEN
        RETURN 'many';
    END IF;
    INSERT INTO mitta.proposals (together_id, partnership_id, proposed_by, starts_at_ms, planned_s, start_strikes,
        end_strikes, interval_every_s)
    VALUES (my_proposal_make.together_id, my_proposal_make.partnership_id, me, my_proposal_make.starts_at_ms,
        my_proposal_make.planned_s, my_proposal_make.start_strikes, my_proposal_make.end_strikes,
        my_proposal_make.interval_every_s)
    ON CONFLICT DO NOTHING;
    -- At this very moment, in another partnership.
    IF NOT FOUND THEN RETURN 'other'; END IF;
    INSERT INTO mitta.proposal_answers (person_id, together_id, answer) VALUES (me, my_proposal_make.together_id, 'joined');
    RETURN 'made';
END $$;

-- Whether there is such a proposal for this person; then it has their answer.
CREATE FUNCTION mitta.my_proposal_answer(together_id uuid, answer text, now_ms bigint) RETURNS boolean
    LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, mitta, pg_temp
AS $$
#variable_conflict use_column
DECLARE me uuid := mitta.current_person();
BEGIN
    -- So that it is not taken back, and nobody leaves, meanwhile.
    PERFORM mitta.my_partnership_lock(p.partnership_id) FROM mitta.proposals_for(me, my_proposal_answer.now_ms) p
    WHERE p.together_id = my_proposal_answer.together_id;
    INSERT INTO mitta.proposal_answers AS a (person_id, together_id, answer)
    SELECT me, p.together_id, my_proposal_answer.answer
    FROM mitta.proposals_for(me, my_proposal_answer.now_ms) p WHERE p.together_id = my_proposal_answer.together_id
    ON CONFLICT (person_id, together_id) DO UPDATE SET answer = excluded.answer;
    RETURN FOUND;
END $$;

-- Whether one has proposed it; then it is gone.
CREATE FUNCTION mitta.my_proposal_cancel(together_id uuid, now_ms bigint) RETURNS boolean
    LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, mitta, pg_temp
AS $$
#variable_conflict use_column
DECLARE me uuid := mitta.current_person();
BEGIN
    PERFORM mitta.my_partnership_lock(p.partnership_id) FROM mitta.proposals_for(me, my_proposal_cancel.now_ms) p
    WHERE p.together_id = my_proposal_cancel.together_id;
    DELETE FROM mitta.proposals p WHERE p.proposed_by = me AND p.together_id IN (
        SELECT o.together_id FROM mitta.proposals_for(me, my_proposal_cancel.now_ms) o
        WHERE o.together_id = my_proposal_cancel.together_id);
    RETURN FOUND;
END $$;

-- What each of these persons sees beside the feeds, as something to compare: for the live streams of one
-- server.
CREATE FUNCTION mitta.live_pictures(readers uuid[], now_ms bigint)
    RETURNS TABLE (reader uuid, membership text, going_on text)
    LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, mitta, pg_temp
AS $$
    SELECT u.reader,
        concat(
            -- The own consents for the own devices alone: partners are not even told that one was changed.
            (SELECT string_agg(concat_ws(':', p.partnership_id, p.rev, m.shows_sitting, EXISTS (
                    SELECT FROM mitta.shares s JOIN mitta.pauses o ON o.person_id = s.person_id AND o.share_id = s.share_id AND o.until_ms IS NULL
                    WHERE s.person_id = m.person_id AND s.partnership_id = m.partnership_id AND s.closed_at_ms IS NULL)),
                    ',' ORDER BY p.partnership_id)
                FROM mitta.memberships m JOIN mitta.partnerships p USING (partnership_id)
                WHERE m.person_id = u.reader AND m.left_at_ms IS NULL), '/',
            -- Somebody waits for an answer. No count of the partnership: accepting locks only the invite.
            (SELECT count(*) FROM mitta.invites i WHERE i.inviter = u.reader AND i.used_by IS NOT NULL)),
        md5(concat(
            (SELECT string_agg(s::text, ',' ORDER BY s.partnership_id, s.person_id)
                FROM mitta.sitting_for(u.reader, live_pictures.now_ms) s), '/',
            (SELECT string_agg(p::text, ',' ORDER BY p.together_id)
                FROM mitta.proposals_for(u.reader, live_pictures.now_ms) p)))
    FROM unnest(readers) AS u (reader)
$$;

-- Devices of these persons were heard of.
CREATE FUNCTION mitta.live_contacts(persons uuid[], heard_at_ms bigint) RETURNS bigint
    LANGUAGE sql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, mitta, pg_temp
AS $$
    WITH heard AS (
        INSERT INTO mitta.contacts AS c (person_id, heard_at_ms)
        SELECT a.person_id, live_contacts.heard_at_ms FROM mitta.accounts a WHERE a.person_id = ANY (persons)
        ORDER BY a.person_id
        ON CONFLICT (person_id) DO UPDATE SET heard_at_ms = excluded.heard_at_ms WHERE c.heard_at_ms < excluded.heard_at_ms
        RETURNING 1
    )
    SELECT count(*) FROM heard
$$;

GRANT EXECUTE ON FUNCTION
    mitta.my_members(), mitta.my_partnership_change(uuid, text, text, text, text), mitta.my_partnerships_touch(uuid),
    mitta.my_together_end(uuid), mitta.share_newest(uuid, bigint, uuid, integer), mitta.my_sitting(bigint),
    mitta.my_proposals(bigint),
    mitta.my_proposal_make(uuid, uuid, bigint, integer, integer, integer, integer, boolean, bigint, bigint, integer, bigint),
    mitta.my_proposal_answer(uuid, text, bigint), mitta.my_proposal_cancel(uuid, bigint),
    mitta.live_pictures(uuid[], bigint), mitta.live_contacts(uuid[], bigint)
TO mitta_server;

SET LOCAL ROLE mitta_owner;
REVOKE CREATE ON SCHEMA mitta FROM mitta_definer;
