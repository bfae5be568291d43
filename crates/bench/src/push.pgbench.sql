-- What the server says to Postgres for a push of one sit: see push/load.rs and push/write.rs there.
\set p 100 + :client_id
\set s random(1, 200000000000000)
\set o random(1, 200000000000000)
\set day random(0, 3650)
SELECT person_id, device_id, kind FROM mitta.token_lookup(decode(lpad(:p::text, 64, '0'), 'hex'), 0, 1, 1);
\startpipeline
BEGIN ISOLATION LEVEL READ COMMITTED;
SELECT pg_catalog.set_config('mitta.person_id', '00000000-0000-0000-0000-000000000' || :p::text, true),
    pg_catalog.set_config('statement_timeout', '20000', true),
    pg_catalog.set_config('idle_in_transaction_session_timeout', '20000', true);
\endpipeline
SELECT s.server_id, mitta.served_epoch() FROM mitta.server s;
SELECT f.head_seq + 1 AS seq FROM mitta.feeds f
    WHERE f.person_id = ('00000000-0000-0000-0000-000000000' || :p::text)::uuid
        AND f.share_id = ('00000000-0000-0000-0000-000000000' || :p::text)::uuid FOR UPDATE \gset
\startpipeline
SELECT f.share_id, f.head_seq, s.share_since FROM mitta.feeds f
    LEFT JOIN mitta.shares s ON s.person_id = f.person_id AND s.share_id = f.share_id AND s.closed_at_ms IS NULL
    WHERE f.person_id = ('00000000-0000-0000-0000-000000000' || :p::text)::uuid
        AND (f.share_id = f.person_id OR s.share_id IS NOT NULL)
    ORDER BY f.share_id
    FOR UPDATE OF f;
SELECT p.share_id, p.from_ms, p.until_ms FROM mitta.pauses p
    WHERE p.person_id = ('00000000-0000-0000-0000-000000000' || :p::text)::uuid;
SELECT o.op_id, o.device_id, o.request_sha256, o.outcome, o.code
    FROM mitta.applied_ops o WHERE o.person_id = ('00000000-0000-0000-0000-000000000' || :p::text)::uuid
    AND o.op_id = ANY (ARRAY[('00000000-0000-7000-8000-' || lpad(to_hex(:o::bigint), 12, '0'))::uuid]);
SELECT s.session_id, s.device_id, s.source, s.started_at_ms, s.tz, s.utc_offset_s, s.local_date, s.planned_s,
        s.together_id, s.plan, s.ended_at_ms, s.completion_credited_s, s.paused_s, s.asleep_s, s.overtime_s,
        s.note, s.mood, s.label, s.words_hlc_ms, s.words_device_id, s.words_device_seq,
        s.corrected_credited_s, s.credited_hlc_ms, s.credited_device_id, s.credited_device_seq,
        s.shared, s.note_shared, s.sharing_hlc_ms, s.sharing_device_id, s.sharing_device_seq,
        s.deleted, s.deleted_hlc_ms, s.deleted_device_id, s.deleted_device_seq
    FROM mitta.sessions s WHERE s.person_id = ('00000000-0000-0000-0000-000000000' || :p::text)::uuid
    AND s.session_id = ANY (ARRAY[('00000000-0000-7000-8000-' || lpad(to_hex(:s::bigint), 12, '0'))::uuid]);
SELECT c.share_id, c.session_id FROM mitta.changes c
    WHERE c.person_id = ('00000000-0000-0000-0000-000000000' || :p::text)::uuid
    AND c.session_id = ANY (ARRAY[('00000000-0000-7000-8000-' || lpad(to_hex(:s::bigint), 12, '0'))::uuid])
    AND c.kind = 'session' AND c.share_id <> ('00000000-0000-0000-0000-000000000' || :p::text)::uuid;
\endpipeline
\startpipeline
INSERT INTO mitta.sessions (person_id,
        session_id, device_id, source, started_at_ms, tz, utc_offset_s, local_date, planned_s, together_id,
        plan, state, ended_at_ms, completion_credited_s, paused_s, asleep_s, overtime_s,
        note, mood, label, words_hlc_ms, words_device_id, words_device_seq,
        corrected_credited_s, credited_hlc_ms, credited_device_id, credited_device_seq,
        shared, note_shared, sharing_hlc_ms, sharing_device_id, sharing_device_seq,
        deleted, deleted_hlc_ms, deleted_device_id, deleted_device_seq)
    SELECT ('00000000-0000-0000-0000-000000000' || :p::text)::uuid, * FROM unnest(
        ARRAY[('00000000-0000-7000-8000-' || lpad(to_hex(:s::bigint), 12, '0'))::uuid],
        '{00000000-0000-0000-0000-000000000001}'::uuid[], '{timer}'::text[], '{1795219200000}'::bigint[],
        '{Europe/Berlin}'::text[], '{3600}'::int[], ARRAY['2016-01-01'::date + :day::int], '{1200}'::int[],
        '{NULL}'::uuid[],
        ARRAY['{PLAN}'::json], '{completed}'::text[], '{1795220400000}'::bigint[],
        '{1200}'::int[], '{0}'::int[], '{0}'::int[], '{0}'::int[],
        '{NULL}'::text[], '{NULL}'::int[], '{NULL}'::text[],
        '{0}'::bigint[], '{00000000-0000-0000-0000-000000000000}'::uuid[], '{0}'::bigint[],
        '{NULL}'::int[], '{0}'::bigint[], '{00000000-0000-0000-0000-000000000000}'::uuid[], '{0}'::bigint[],
        '{true}'::bool[], '{false}'::bool[],
        '{0}'::bigint[], '{00000000-0000-0000-0000-000000000000}'::uuid[], '{0}'::bigint[],
        '{false}'::bool[], '{0}'::bigint[], '{00000000-0000-0000-0000-000000000000}'::uuid[], '{0}'::bigint[]);
INSERT INTO mitta.session_events (person_id, session_id, event_seq, kind, at_ms, elapsed_ms)
    SELECT ('00000000-0000-0000-0000-000000000' || :p::text)::uuid, * FROM unnest(
        array_fill(('00000000-0000-7000-8000-' || lpad(to_hex(:s::bigint), 12, '0'))::uuid, ARRAY[2]),
        '{1,2}'::int[], '{started,completed}'::text[], '{1795219200000,1795220400000}'::bigint[], '{0,NULL}'::bigint[]);
INSERT INTO mitta.applied_ops (person_id, op_id, device_id, request_sha256, outcome, code)
    SELECT ('00000000-0000-0000-0000-000000000' || :p::text)::uuid, * FROM unnest(
        ARRAY[('00000000-0000-7000-8000-' || lpad(to_hex(:o::bigint), 12, '0'))::uuid],
        '{00000000-0000-0000-0000-000000000001}'::uuid[], ARRAY[decode(lpad(:o::text, 64, '0'), 'hex')],
        '{applied}'::text[], '{NULL}'::text[]);
INSERT INTO mitta.changes AS c (person_id, share_id, session_id, seq, kind)
    SELECT ('00000000-0000-0000-0000-000000000' || :p::text)::uuid, * FROM unnest(
        ARRAY[('00000000-0000-0000-0000-000000000' || :p::text)::uuid],
        ARRAY[('00000000-0000-7000-8000-' || lpad(to_hex(:s::bigint), 12, '0'))::uuid],
        ARRAY[:seq::bigint], '{session}'::text[])
    ON CONFLICT (person_id, share_id, session_id) DO UPDATE SET seq = excluded.seq, kind = excluded.kind;
WITH touched AS (
        SELECT ('00000000-0000-0000-0000-000000000' || :p::text)::uuid AS share_id, local_date
        FROM unnest(ARRAY['2016-01-01'::date + :day::int]) AS t (local_date)
        UNION ALL SELECT * FROM unnest('{}'::uuid[], '{}'::date[])
    ), sums AS MATERIALIZED (
        SELECT ('00000000-0000-0000-0000-000000000' || :p::text)::uuid AS share_id, s.local_date,
            count(*)::int4 AS sits, sum(s.credited_s) AS credited_s
        FROM mitta.sessions s
        WHERE s.person_id = ('00000000-0000-0000-0000-000000000' || :p::text)::uuid
            AND s.local_date = ANY (ARRAY['2016-01-01'::date + :day::int]) AND s.state = 'completed' AND NOT s.deleted
        GROUP BY s.local_date
        UNION ALL
        SELECT c.share_id, s.local_date, count(*)::int4, sum(s.credited_s)
        FROM mitta.sessions s CROSS JOIN LATERAL (
            SELECT c.share_id FROM mitta.changes c
            WHERE c.person_id = ('00000000-0000-0000-0000-000000000' || :p::text)::uuid
                AND c.session_id = s.session_id AND c.kind = 'session'
                AND (c.share_id = ANY ('{}'::uuid[])) IS TRUE
            OFFSET 0) c
        WHERE s.person_id = ('00000000-0000-0000-0000-000000000' || :p::text)::uuid
            AND s.local_date = ANY ('{}'::date[]) AND s.state = 'completed' AND NOT s.deleted
        GROUP BY c.share_id, s.local_date
    ), emptied AS (
        DELETE FROM mitta.day_totals d USING touched t
        WHERE d.person_id = ('00000000-0000-0000-0000-000000000' || :p::text)::uuid
            AND d.share_id = t.share_id AND d.local_date = t.local_date
            AND (t.share_id, t.local_date) NOT IN (SELECT sums.share_id, sums.local_date FROM sums)
    ), summed AS (
        INSERT INTO mitta.day_totals AS d (person_id, share_id, local_date, sits, credited_s)
        SELECT ('00000000-0000-0000-0000-000000000' || :p::text)::uuid, share_id, local_date, sits, credited_s FROM sums
        ON CONFLICT (person_id, share_id, local_date)
            DO UPDATE SET sits = excluded.sits, credited_s = excluded.credited_s
        RETURNING 1
    )
    SELECT (SELECT count(*) FROM sums), (SELECT count(*) FROM summed);
UPDATE mitta.feeds f SET head_seq = u.head_seq
    FROM unnest(ARRAY[('00000000-0000-0000-0000-000000000' || :p::text)::uuid], ARRAY[:seq::bigint])
        AS u (share_id, head_seq)
    WHERE f.person_id = ('00000000-0000-0000-0000-000000000' || :p::text)::uuid AND f.share_id = u.share_id;
\endpipeline
COMMIT;
