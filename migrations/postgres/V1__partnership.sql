-- The partnership database. Run as mitta_owner (see crates/server/src/migrate/roles.sql), which
-- owns every table; mitta_definer owns the functions that look beyond one person; mitta_server,
-- the role of the server, owns nothing. Ids are uuid, `_ms` is milliseconds, `_s` whole seconds,
-- `local_date` a civil date (invariant I11), time comes from the server's clock as a parameter.
-- Every key of personal data starts with person_id, so that one person never locks another and
-- the tables can be distributed. The program checks all of this before it writes; the checks here
-- are for whatever else may write.

-- The person of the transaction, as the server set it; NULL where it set none.
CREATE FUNCTION mitta.current_person() RETURNS uuid
    LANGUAGE sql STABLE PARALLEL SAFE
    RETURN nullif(pg_catalog.current_setting('mitta.person_id', true), '')::uuid;

-- Directory ------------------------------------------------------------------------------------

-- Who this server is. A restore from a backup counts `epoch` up (mitta-server after-restore).
CREATE TABLE mitta.server (
    one       boolean NOT NULL PRIMARY KEY CHECK (one),
    server_id uuid    NOT NULL,
    epoch     bigint  NOT NULL CHECK (epoch >= 1)
);
INSERT INTO mitta.server (one, server_id, epoch) VALUES (true, gen_random_uuid(), 1);

CREATE TABLE mitta.accounts (
    person_id     uuid   NOT NULL PRIMARY KEY,
    login         text   NOT NULL UNIQUE CHECK (login ~ '^[a-z0-9._@+-]{3,64}$'),
    display_name  text   NOT NULL CHECK (char_length(display_name) BETWEEN 1 AND 80),
    password_hash text   NOT NULL,
    recovery_hash text,
    created_at_ms bigint NOT NULL
);

CREATE TABLE mitta.partnerships (
    partnership_id uuid   NOT NULL PRIMARY KEY,
    name           text   NOT NULL CHECK (char_length(name) BETWEEN 1 AND 80),
    week_start     text   NOT NULL CHECK (week_start IN ('Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat', 'Sun')),
    created_at_ms  bigint NOT NULL
);

-- A link or a code to read aloud. Used by one person, then decided by the inviter, whereupon the
-- row is deleted, as it is when either of them goes.
CREATE TABLE mitta.invites (
    invite_id      uuid   NOT NULL PRIMARY KEY,
    partnership_id uuid   NOT NULL REFERENCES mitta.partnerships ON DELETE CASCADE,
    inviter        uuid   NOT NULL REFERENCES mitta.accounts ON DELETE CASCADE,
    kind           text   NOT NULL CHECK (kind IN ('link', 'code')),
    code_hash      bytea  NOT NULL UNIQUE CHECK (octet_length(code_hash) = 32),
    created_at_ms  bigint NOT NULL,
    expires_at_ms  bigint NOT NULL,
    used_by        uuid   REFERENCES mitta.accounts ON DELETE CASCADE,
    used_at_ms     bigint,
    share_since    date, -- what used_by will share
    CHECK ((used_by IS NULL) = (used_at_ms IS NULL)),
    CHECK ((used_by IS NULL) = (share_since IS NULL))
);
CREATE INDEX invites_partnership ON mitta.invites (partnership_id);
CREATE INDEX invites_inviter ON mitta.invites (inviter);
CREATE INDEX invites_used_by ON mitta.invites (used_by);

-- Tries at passwords and invites, counted for all servers alike: a bucket that drains with time.
-- `key_sha256` is a login, a person, a device or an address. Nothing that must outlive a crash.
CREATE UNLOGGED TABLE mitta.attempts (
    scope       text   NOT NULL CHECK (char_length(scope) BETWEEN 1 AND 40),
    key_sha256  bytea  NOT NULL CHECK (octet_length(key_sha256) = 32),
    empty_at_ms bigint NOT NULL,
    PRIMARY KEY (scope, key_sha256)
);
CREATE INDEX attempts_empty ON mitta.attempts (empty_at_ms);

-- Personal -------------------------------------------------------------------------------------

CREATE TABLE mitta.devices (
    person_id       uuid   NOT NULL REFERENCES mitta.accounts ON DELETE CASCADE,
    device_id       uuid   NOT NULL,
    name            text   NOT NULL CHECK (char_length(name) BETWEEN 1 AND 80),
    created_at_ms   bigint NOT NULL,
    last_seen_at_ms bigint NOT NULL,
    revoked_at_ms   bigint,
    PRIMARY KEY (person_id, device_id)
);

-- The whole cookie or bearer token is never here, only its SHA-256. Looked up before the person is
-- known, so it belongs to the directory.
CREATE TABLE mitta.tokens (
    token_sha256     bytea  NOT NULL PRIMARY KEY CHECK (octet_length(token_sha256) = 32),
    person_id        uuid   NOT NULL REFERENCES mitta.accounts ON DELETE CASCADE,
    device_id        uuid,
    kind             text   NOT NULL CHECK (kind IN ('device', 'web')),
    created_at_ms    bigint NOT NULL,
    last_seen_at_ms  bigint NOT NULL,
    expires_at_ms    bigint NOT NULL,
    latest_expiry_ms bigint, -- beyond which use does not prolong it
    CHECK ((kind = 'device') = (device_id IS NOT NULL)),
    FOREIGN KEY (person_id, device_id) REFERENCES mitta.devices ON DELETE CASCADE
);
CREATE INDEX tokens_person ON mitta.tokens (person_id, device_id);

CREATE TABLE mitta.memberships (
    person_id      uuid    NOT NULL REFERENCES mitta.accounts ON DELETE CASCADE,
    partnership_id uuid    NOT NULL REFERENCES mitta.partnerships ON DELETE CASCADE,
    generation     integer NOT NULL CHECK (generation >= 1), -- of the share that is open
    share_since    date    NOT NULL,
    weekly_goal_s  integer CHECK (weekly_goal_s BETWEEN 1 AND 604800),
    joined_at_ms   bigint  NOT NULL,
    left_at_ms     bigint,
    PRIMARY KEY (person_id, partnership_id)
);
CREATE INDEX memberships_partnership ON mitta.memberships (partnership_id) WHERE left_at_ms IS NULL;

-- A share is one (partnership, member, generation); a new share_since opens a new generation.
CREATE TABLE mitta.shares (
    person_id      uuid    NOT NULL,
    share_id       uuid    NOT NULL CHECK (share_id <> person_id), -- that is the own feed
    partnership_id uuid    NOT NULL,
    generation     integer NOT NULL CHECK (generation >= 1),
    share_since    date    NOT NULL,
    closed_at_ms   bigint,
    PRIMARY KEY (person_id, share_id),
    UNIQUE (person_id, partnership_id, generation),
    FOREIGN KEY (person_id, partnership_id) REFERENCES mitta.memberships ON DELETE CASCADE
);
CREATE UNIQUE INDEX shares_open ON mitta.shares (person_id, partnership_id) WHERE closed_at_ms IS NULL;
CREATE INDEX shares_share ON mitta.shares (share_id);
CREATE INDEX shares_partnership ON mitta.shares (partnership_id) WHERE closed_at_ms IS NULL;

-- Sits that began in [from_ms, until_ms) are not shared.
CREATE TABLE mitta.pauses (
    person_id uuid   NOT NULL,
    share_id  uuid   NOT NULL,
    from_ms   bigint NOT NULL,
    until_ms  bigint CHECK (until_ms >= from_ms), -- NULL: goes on
    PRIMARY KEY (person_id, share_id, from_ms),
    FOREIGN KEY (person_id, share_id) REFERENCES mitta.shares ON DELETE CASCADE
);
CREATE UNIQUE INDEX pauses_open ON mitta.pauses (person_id, share_id) WHERE until_ms IS NULL;

-- The position of each feed: a person's own (share_id = person_id) and one per open share. A push
-- locks these rows first, which is what leaves no gap (invariant I7).
CREATE TABLE mitta.feeds (
    person_id uuid   NOT NULL REFERENCES mitta.accounts ON DELETE CASCADE,
    share_id  uuid   NOT NULL,
    head_seq  bigint NOT NULL CHECK (head_seq >= 0),
    PRIMARY KEY (person_id, share_id)
);

CREATE TABLE mitta.sessions (
    person_id             uuid    NOT NULL REFERENCES mitta.accounts ON DELETE CASCADE,
    session_id            uuid    NOT NULL,
    -- Immutable from the start.
    device_id             uuid    NOT NULL,
    source                text    NOT NULL CHECK (source IN ('timer', 'manual', 'import')),
    started_at_ms         bigint  NOT NULL,
    tz                    text    NOT NULL CHECK (char_length(tz) BETWEEN 1 AND 64),
    utc_offset_s          integer NOT NULL CHECK (utc_offset_s BETWEEN -64800 AND 64800),
    local_date            date    NOT NULL,
    planned_s             integer CHECK (planned_s BETWEEN 1 AND 86400), -- NULL: open-ended
    together_id           uuid,
    plan                  json, -- not jsonb: it comes back as it was sent
    -- Set once, by completion.
    state                 text    NOT NULL CHECK (state IN ('running', 'completed')),
    ended_at_ms           bigint,
    completion_credited_s integer CHECK (completion_credited_s BETWEEN 0 AND 86400),
    paused_s              integer CHECK (paused_s >= 0),
    asleep_s              integer CHECK (asleep_s >= 0),
    overtime_s            integer CHECK (overtime_s >= 0),
    -- Edits: four groups, each with who wrote it last.
    note                  text    CHECK (char_length(note) <= 10000),
    mood                  integer CHECK (mood BETWEEN 1 AND 5),
    label                 text    CHECK (char_length(label) <= 80),
    words_hlc_ms          bigint  NOT NULL,
    words_device_id       uuid    NOT NULL,
    words_device_seq      bigint  NOT NULL CHECK (words_device_seq >= 0),
    corrected_credited_s  integer CHECK (corrected_credited_s BETWEEN 1 AND 86400),
    credited_hlc_ms       bigint  NOT NULL,
    credited_device_id    uuid    NOT NULL,
    credited_device_seq   bigint  NOT NULL CHECK (credited_device_seq >= 0),
    shared                boolean NOT NULL,
    note_shared           boolean NOT NULL,
    sharing_hlc_ms        bigint  NOT NULL,
    sharing_device_id     uuid    NOT NULL,
    sharing_device_seq    bigint  NOT NULL CHECK (sharing_device_seq >= 0),
    deleted               boolean NOT NULL,
    deleted_hlc_ms        bigint  NOT NULL,
    deleted_device_id     uuid    NOT NULL,
    deleted_device_seq    bigint  NOT NULL CHECK (deleted_device_seq >= 0),
    -- Derived, so that nothing else can be in it (invariant I8).
    credited_s            integer GENERATED ALWAYS AS (CASE state WHEN 'completed' THEN coalesce(corrected_credited_s, completion_credited_s) END) STORED,
    PRIMARY KEY (person_id, session_id),
    CHECK ((state = 'completed') = (ended_at_ms IS NOT NULL)),
    CHECK ((state = 'completed') = (completion_credited_s IS NOT NULL)),
    CHECK ((state = 'completed') = (paused_s IS NOT NULL)),
    CHECK ((state = 'completed') = (asleep_s IS NOT NULL)),
    CHECK ((state = 'completed') = (overtime_s IS NOT NULL)),
    CHECK (deleted OR state = 'running' OR coalesce(corrected_credited_s, completion_credited_s) >= 1)
);
-- Touched days are recomputed, and weeks read again, from these.
CREATE INDEX sessions_days ON mitta.sessions (person_id, local_date);

CREATE TABLE mitta.session_events (
    person_id  uuid    NOT NULL,
    session_id uuid    NOT NULL,
    event_seq  integer NOT NULL CHECK (event_seq >= 1),
    kind       text    NOT NULL CHECK (kind IN (
        'started', 'began_now', 'paused', 'resumed', 'slept', 'woke', 'reached_end',
        'end_requested', 'end_undone', 'recovered', 'completed', 'discarded', 'edited'
    )),
    at_ms      bigint  NOT NULL,
    elapsed_ms bigint  CHECK (elapsed_ms >= 0), -- NULL: not an event of the timer
    PRIMARY KEY (person_id, session_id, event_seq),
    FOREIGN KEY (person_id, session_id) REFERENCES mitta.sessions ON DELETE CASCADE
);

-- Each entity of a feed once, at its newest position. `withdrawn`: it was there and is not to be
-- seen any more; only the id is told.
CREATE TABLE mitta.changes (
    person_id  uuid   NOT NULL,
    share_id   uuid   NOT NULL,
    seq        bigint NOT NULL CHECK (seq >= 1),
    kind       text   NOT NULL CHECK (kind IN ('session', 'withdrawn')),
    session_id uuid   NOT NULL,
    PRIMARY KEY (person_id, share_id, session_id),
    UNIQUE (person_id, share_id, seq),
    FOREIGN KEY (person_id, share_id) REFERENCES mitta.feeds ON DELETE CASCADE,
    FOREIGN KEY (person_id, session_id) REFERENCES mitta.sessions ON DELETE CASCADE,
    CHECK (kind = 'session' OR share_id <> person_id)
);
CREATE INDEX changes_session ON mitta.changes (person_id, session_id);

-- Every op that was answered, for ever: offered again, it is answered the same (invariant I3).
CREATE TABLE mitta.applied_ops (
    person_id      uuid  NOT NULL REFERENCES mitta.accounts ON DELETE CASCADE,
    op_id          uuid  NOT NULL,
    device_id      uuid  NOT NULL,
    request_sha256 bytea NOT NULL CHECK (octet_length(request_sha256) = 32),
    outcome        text  NOT NULL CHECK (outcome IN ('applied', 'superseded', 'rejected')),
    code           text,
    PRIMARY KEY (person_id, op_id),
    CHECK ((outcome = 'rejected') = (code IS NOT NULL))
);

-- What each feed's sessions sum up to, per day; recomputed from them, never counted along (I8).
CREATE TABLE mitta.day_totals (
    person_id  uuid    NOT NULL,
    share_id   uuid    NOT NULL,
    local_date date    NOT NULL,
    sits       integer NOT NULL CHECK (sits >= 1),
    credited_s bigint  NOT NULL CHECK (credited_s >= sits),
    PRIMARY KEY (person_id, share_id, local_date),
    FOREIGN KEY (person_id, share_id) REFERENCES mitta.feeds ON DELETE CASCADE
);

-- Who may do what --------------------------------------------------------------------------------

GRANT USAGE ON SCHEMA mitta TO mitta_server, mitta_definer;
GRANT SELECT ON mitta.schema_history, mitta.server TO mitta_server;
-- Whatever is not granted here is done by a definer function or not at all. A session is never
-- deleted (its tombstone is), a membership never made or revived by hand.
GRANT SELECT, INSERT, UPDATE ON mitta.devices, mitta.shares, mitta.sessions TO mitta_server;
GRANT SELECT, INSERT, UPDATE, DELETE ON mitta.feeds, mitta.changes, mitta.day_totals, mitta.pauses TO mitta_server;
GRANT SELECT, INSERT ON mitta.session_events, mitta.applied_ops TO mitta_server;
GRANT SELECT, UPDATE (generation, share_since, weekly_goal_s) ON mitta.memberships TO mitta_server;

-- A person reaches the rows that carry their own id; nobody's without one (invariant I10). The
-- policies read no table. Forced: the owner of the tables is bound as well.
DO $$
DECLARE personal text;
BEGIN
    FOREACH personal IN ARRAY ARRAY['devices', 'memberships', 'shares', 'pauses', 'feeds', 'sessions',
        'session_events', 'changes', 'applied_ops', 'day_totals']
    LOOP
        EXECUTE format('ALTER TABLE mitta.%I ENABLE ROW LEVEL SECURITY', personal);
        EXECUTE format('ALTER TABLE mitta.%I FORCE ROW LEVEL SECURITY', personal);
        EXECUTE format('CREATE POLICY own_rows ON mitta.%I TO mitta_server
            USING (person_id = (SELECT mitta.current_person()))
            WITH CHECK (person_id = (SELECT mitta.current_person()))', personal);
        EXECUTE format('CREATE POLICY definer ON mitta.%I TO mitta_definer USING (true) WITH CHECK (true)', personal);
    END LOOP;
END $$;

GRANT SELECT, INSERT, UPDATE, DELETE ON mitta.accounts, mitta.tokens, mitta.partnerships, mitta.invites, mitta.attempts TO mitta_definer;
GRANT SELECT, INSERT, UPDATE ON mitta.memberships, mitta.devices, mitta.feeds, mitta.shares, mitta.pauses TO mitta_definer;
GRANT DELETE ON mitta.feeds TO mitta_definer;
GRANT SELECT ON mitta.sessions, mitta.changes, mitta.day_totals TO mitta_definer;
REVOKE EXECUTE ON ALL FUNCTIONS IN SCHEMA mitta FROM PUBLIC;
GRANT EXECUTE ON FUNCTION mitta.current_person() TO mitta_server, mitta_definer;

-- Functions that look beyond one person ------------------------------------------------------------
--
-- Each is `SECURITY DEFINER SET search_path = pg_catalog, mitta, pg_temp` (pg_temp last, or a
-- temporary table could stand in for one of ours), names its tables with their schema, and is
-- granted by name at the end. What is not their business they answer with no row.

GRANT CREATE ON SCHEMA mitta TO mitta_definer;
SET LOCAL ROLE mitta_definer;
ALTER DEFAULT PRIVILEGES REVOKE EXECUTE ON FUNCTIONS FROM PUBLIC;

-- Accounts, before the person is known.

-- `knows_device`: whether the person signed in on that device before.
CREATE FUNCTION mitta.login_lookup(login text, device_id uuid)
    RETURNS TABLE (person_id uuid, display_name text, password_hash text, recovery_hash text, knows_device boolean)
    LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, mitta, pg_temp
AS $$
    SELECT a.person_id, a.display_name, a.password_hash, a.recovery_hash, EXISTS (
        SELECT FROM mitta.devices d WHERE d.person_id = a.person_id AND d.device_id = login_lookup.device_id)
    FROM mitta.accounts a WHERE a.login = login_lookup.login
$$;

-- One try more in each bucket (they come in a fixed order), or in none: then the milliseconds after
-- which there is room in all, else 0. A bucket holds `bursts` tries; one drains in `each_ms`.
CREATE FUNCTION mitta.attempts_take(scopes text[], keys bytea[], bursts integer[], each_ms bigint[], now_ms bigint)
    RETURNS bigint
    LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, mitta, pg_temp
AS $$
DECLARE
    wait_ms bigint := 0;
    empties bigint[];
    empty_ms bigint;
BEGIN
    DELETE FROM mitta.attempts a WHERE (a.scope, a.key_sha256) IN (
        SELECT o.scope, o.key_sha256 FROM mitta.attempts o WHERE o.empty_at_ms < now_ms LIMIT 20 FOR UPDATE SKIP LOCKED);
    FOR i IN 1 .. cardinality(scopes) LOOP
        INSERT INTO mitta.attempts AS a (scope, key_sha256, empty_at_ms) VALUES (scopes[i], keys[i], now_ms)
        ON CONFLICT (scope, key_sha256) DO UPDATE SET empty_at_ms = greatest(a.empty_at_ms, now_ms)
        RETURNING a.empty_at_ms INTO empty_ms;
        empties[i] := empty_ms + each_ms[i];
        wait_ms := greatest(wait_ms, empties[i] - now_ms - bursts[i] * each_ms[i]);
    END LOOP;
    IF wait_ms > 0 THEN RETURN wait_ms; END IF;
    FOR i IN 1 .. cardinality(scopes) LOOP
        UPDATE mitta.attempts a SET empty_at_ms = empties[i] WHERE a.scope = scopes[i] AND a.key_sha256 = keys[i];
    END LOOP;
    RETURN 0;
END $$;

-- The try was a good one: it does not count.
CREATE FUNCTION mitta.attempts_give_back(scopes text[], keys bytea[], each_ms bigint[]) RETURNS bigint
    LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, mitta, pg_temp
AS $$
DECLARE
    given bigint := 0;
    changed bigint;
BEGIN
    FOR i IN 1 .. cardinality(scopes) LOOP
        UPDATE mitta.attempts a SET empty_at_ms = a.empty_at_ms - each_ms[i]
        WHERE a.scope = scopes[i] AND a.key_sha256 = keys[i];
        GET DIAGNOSTICS changed = ROW_COUNT;
        given := given + changed;
    END LOOP;
    RETURN given;
END $$;

-- False where the login is taken.
CREATE FUNCTION mitta.account_create(
    person_id uuid, login text, display_name text, password_hash text, recovery_hash text, now_ms bigint)
    RETURNS boolean
    LANGUAGE sql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, mitta, pg_temp
AS $$
    WITH made AS (
        INSERT INTO mitta.accounts AS a (person_id, login, display_name, password_hash, recovery_hash, created_at_ms)
        VALUES (account_create.person_id, account_create.login, account_create.display_name,
            account_create.password_hash, account_create.recovery_hash, now_ms)
        ON CONFLICT ON CONSTRAINT accounts_login_key DO NOTHING
        RETURNING a.person_id
    ), feed AS (
        INSERT INTO mitta.feeds (person_id, share_id, head_seq)
        SELECT made.person_id, made.person_id, 0 FROM made
    )
    SELECT count(*) = 1 FROM made
$$;

-- Whose token it is, while it is valid. Use prolongs it, at most to its latest expiry; written at
-- most once an hour, so that reading stays reading.
CREATE FUNCTION mitta.token_lookup(token_sha256 bytea, now_ms bigint, device_slide_ms bigint, web_slide_ms bigint)
    RETURNS TABLE (person_id uuid, device_id uuid, kind text, expires_at_ms bigint)
    LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, mitta, pg_temp
AS $$
#variable_conflict use_column
DECLARE t mitta.tokens;
BEGIN
    SELECT * INTO t FROM mitta.tokens k
    WHERE k.token_sha256 = token_lookup.token_sha256 AND k.expires_at_ms > now_ms;
    IF NOT FOUND THEN RETURN; END IF;
    IF now_ms - t.last_seen_at_ms >= 3600000 THEN
        t.last_seen_at_ms := now_ms;
        t.expires_at_ms := greatest(t.expires_at_ms, least(t.latest_expiry_ms,
            now_ms + CASE t.kind WHEN 'device' THEN device_slide_ms ELSE web_slide_ms END));
        UPDATE mitta.tokens k SET last_seen_at_ms = t.last_seen_at_ms, expires_at_ms = t.expires_at_ms
        WHERE k.token_sha256 = t.token_sha256;
        UPDATE mitta.devices d SET last_seen_at_ms = now_ms
        WHERE d.person_id = t.person_id AND d.device_id = t.device_id;
    END IF;
    RETURN QUERY SELECT t.person_id, t.device_id, t.kind, t.expires_at_ms;
END $$;

-- Own account. All of these act on the person of the transaction and on nobody else.

CREATE FUNCTION mitta.my_account()
    RETURNS TABLE (person_id uuid, login text, display_name text, password_hash text, has_recovery boolean, created_at_ms bigint)
    LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, mitta, pg_temp
AS $$
    SELECT a.person_id, a.login, a.display_name, a.password_hash, a.recovery_hash IS NOT NULL, a.created_at_ms
    FROM mitta.accounts a WHERE a.person_id = mitta.current_person()
$$;

-- NULL leaves a column as it is. `expected_*`, where given, is what it must be until now: of two that
-- change it at the same time one fails, and a recovery code is used once. The number of rows.
CREATE FUNCTION mitta.my_account_change(display_name text, password_hash text, recovery_hash text,
    expected_password_hash text, expected_recovery_hash text)
    RETURNS bigint
    LANGUAGE sql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, mitta, pg_temp
AS $$
    WITH changed AS (
        UPDATE mitta.accounts a SET
            display_name = coalesce(my_account_change.display_name, a.display_name),
            password_hash = coalesce(my_account_change.password_hash, a.password_hash),
            recovery_hash = coalesce(my_account_change.recovery_hash, a.recovery_hash)
        WHERE a.person_id = mitta.current_person()
            AND (expected_password_hash IS NULL OR a.password_hash = expected_password_hash)
            AND (expected_recovery_hash IS NULL OR a.recovery_hash = expected_recovery_hash)
        RETURNING 1
    )
    SELECT count(*) FROM changed
$$;

-- Everything of the person goes with the account; a partnership without members goes too. The locks
-- in the order in which everybody takes them: partnerships, feeds.
CREATE FUNCTION mitta.my_account_erase(expected_password_hash text) RETURNS bigint
    LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, mitta, pg_temp
AS $$
DECLARE
    me uuid := mitta.current_person();
    mine uuid[];
    erased bigint;
BEGIN
    SELECT array_agg(l.partnership_id) INTO mine FROM (
        SELECT p.partnership_id FROM mitta.partnerships p
        WHERE p.partnership_id IN (SELECT m.partnership_id FROM mitta.memberships m WHERE m.person_id = me AND m.left_at_ms IS NULL)
        ORDER BY p.partnership_id FOR UPDATE) l;
    PERFORM FROM mitta.feeds f WHERE f.person_id = me AND f.share_id = me FOR UPDATE;
    DELETE FROM mitta.accounts a WHERE a.person_id = me AND a.password_hash = expected_password_hash;
    GET DIAGNOSTICS erased = ROW_COUNT;
    IF erased = 1 THEN
        DELETE FROM mitta.partnerships p WHERE p.partnership_id = ANY (mine) AND NOT EXISTS (
            SELECT FROM mitta.memberships m WHERE m.partnership_id = p.partnership_id AND m.left_at_ms IS NULL);
    END IF;
    RETURN erased;
END $$;

-- Signs in, if the password is still the one that was checked: 1, else 0. A device has one token.
CREATE FUNCTION mitta.my_sign_in(expected_password_hash text, token_sha256 bytea, device_id uuid, device_name text,
    now_ms bigint, expires_at_ms bigint, latest_expiry_ms bigint)
    RETURNS bigint
    LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, mitta, pg_temp
AS $$
#variable_conflict use_column
DECLARE
    me uuid := mitta.current_person();
    made bigint;
BEGIN
    PERFORM FROM mitta.accounts a WHERE a.person_id = me AND a.password_hash = expected_password_hash FOR SHARE;
    IF NOT FOUND THEN RETURN 0; END IF;
    IF my_sign_in.device_id IS NOT NULL THEN
        INSERT INTO mitta.devices AS d (person_id, device_id, name, created_at_ms, last_seen_at_ms)
        VALUES (me, my_sign_in.device_id, device_name, now_ms, now_ms)
        ON CONFLICT (person_id, device_id) DO UPDATE
            SET name = excluded.name, last_seen_at_ms = excluded.last_seen_at_ms, revoked_at_ms = NULL;
    END IF;
    DELETE FROM mitta.tokens t WHERE t.person_id = me AND (t.device_id = my_sign_in.device_id OR t.expires_at_ms <= now_ms);
    INSERT INTO mitta.tokens (token_sha256, person_id, device_id, kind, created_at_ms, last_seen_at_ms, expires_at_ms, latest_expiry_ms)
    VALUES (my_sign_in.token_sha256, me, my_sign_in.device_id, CASE WHEN my_sign_in.device_id IS NULL THEN 'web' ELSE 'device' END,
        now_ms, now_ms, my_sign_in.expires_at_ms, my_sign_in.latest_expiry_ms);
    GET DIAGNOSTICS made = ROW_COUNT;
    RETURN made;
END $$;

-- Own sign-ins that are valid.
CREATE FUNCTION mitta.my_tokens(now_ms bigint)
    RETURNS TABLE (device_id uuid, kind text, created_at_ms bigint, last_seen_at_ms bigint, expires_at_ms bigint)
    LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, mitta, pg_temp
AS $$
    SELECT t.device_id, t.kind, t.created_at_ms, t.last_seen_at_ms, t.expires_at_ms FROM mitta.tokens t
    WHERE t.person_id = mitta.current_person() AND t.expires_at_ms > now_ms
    ORDER BY t.created_at_ms
$$;

-- One token (token_sha256), all of one device (device_id), or, with both NULL, all but `kept`.
CREATE FUNCTION mitta.my_tokens_revoke(token_sha256 bytea, device_id uuid, kept bytea)
    RETURNS bigint
    LANGUAGE sql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, mitta, pg_temp
AS $$
    WITH gone AS (
        DELETE FROM mitta.tokens t
        WHERE t.person_id = mitta.current_person()
            AND (my_tokens_revoke.token_sha256 IS NULL OR t.token_sha256 = my_tokens_revoke.token_sha256)
            AND (my_tokens_revoke.device_id IS NULL OR t.device_id = my_tokens_revoke.device_id)
            AND t.token_sha256 IS DISTINCT FROM kept
        RETURNING 1
    )
    SELECT count(*) FROM gone
$$;

-- Partnerships.

CREATE FUNCTION mitta.my_partnerships()
    RETURNS TABLE (partnership_id uuid, name text, week_start text, created_at_ms bigint, generation integer,
        share_since date, weekly_goal_s integer, joined_at_ms bigint)
    LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, mitta, pg_temp
AS $$
    SELECT p.partnership_id, p.name, p.week_start, p.created_at_ms, m.generation, m.share_since, m.weekly_goal_s, m.joined_at_ms
    FROM mitta.memberships m JOIN mitta.partnerships p USING (partnership_id)
    WHERE m.person_id = mitta.current_person() AND m.left_at_ms IS NULL
    ORDER BY m.joined_at_ms, p.partnership_id
$$;

-- The members of all own partnerships, oneself first; a pause is said only of oneself.
CREATE FUNCTION mitta.my_members()
    RETURNS TABLE (partnership_id uuid, person_id uuid, display_name text, weekly_goal_s integer, share_since date,
        is_paused boolean, joined_at_ms bigint)
    LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, mitta, pg_temp
AS $$
    SELECT o.partnership_id, o.person_id, a.display_name, o.weekly_goal_s, o.share_since,
        CASE WHEN o.person_id = m.person_id THEN EXISTS (
            SELECT FROM mitta.shares s JOIN mitta.pauses p ON p.person_id = s.person_id AND p.share_id = s.share_id AND p.until_ms IS NULL
            WHERE s.person_id = o.person_id AND s.partnership_id = o.partnership_id AND s.closed_at_ms IS NULL) END,
        o.joined_at_ms
    FROM mitta.memberships m
    JOIN mitta.memberships o ON o.partnership_id = m.partnership_id AND o.left_at_ms IS NULL
    JOIN mitta.accounts a ON a.person_id = o.person_id
    WHERE m.person_id = mitta.current_person() AND m.left_at_ms IS NULL
    ORDER BY o.partnership_id, o.person_id <> m.person_id, o.joined_at_ms, o.person_id
$$;

CREATE FUNCTION mitta.partnership_create(partnership_id uuid, name text, week_start text, share_since date,
    weekly_goal_s integer, now_ms bigint)
    RETURNS bigint
    LANGUAGE sql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, mitta, pg_temp
AS $$
    WITH made AS (
        INSERT INTO mitta.partnerships AS p (partnership_id, name, week_start, created_at_ms)
        VALUES (partnership_create.partnership_id, partnership_create.name, partnership_create.week_start, now_ms)
        RETURNING p.partnership_id
    ), joined AS (
        INSERT INTO mitta.memberships (person_id, partnership_id, generation, share_since, weekly_goal_s, joined_at_ms)
        SELECT mitta.current_person(), made.partnership_id, 1, partnership_create.share_since,
            partnership_create.weekly_goal_s, now_ms FROM made
        RETURNING 1
    )
    SELECT count(*) FROM joined
$$;

-- Whether one is a member; if so, nobody else joins, leaves or decides until the transaction ends.
CREATE FUNCTION mitta.my_partnership_lock(partnership_id uuid) RETURNS boolean
    LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, mitta, pg_temp
AS $$
#variable_conflict use_column
DECLARE me uuid := mitta.current_person();
BEGIN
    PERFORM FROM mitta.partnerships p WHERE p.partnership_id = my_partnership_lock.partnership_id
        AND EXISTS (SELECT FROM mitta.memberships m
            WHERE m.person_id = me AND m.partnership_id = p.partnership_id AND m.left_at_ms IS NULL)
        FOR UPDATE;
    IF NOT FOUND THEN RETURN false; END IF;
    -- Read again: it may have ended while this waited.
    RETURN EXISTS (SELECT FROM mitta.memberships m
        WHERE m.person_id = me AND m.partnership_id = my_partnership_lock.partnership_id AND m.left_at_ms IS NULL);
END $$;

-- NULL leaves a column as it is. 1, or 0 for who is no member.
CREATE FUNCTION mitta.my_partnership_change(partnership_id uuid, name text, week_start text) RETURNS bigint
    LANGUAGE sql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, mitta, pg_temp
AS $$
    WITH changed AS (
        UPDATE mitta.partnerships p SET
            name = coalesce(my_partnership_change.name, p.name),
            week_start = coalesce(my_partnership_change.week_start, p.week_start)
        WHERE p.partnership_id = my_partnership_change.partnership_id
            AND EXISTS (SELECT FROM mitta.memberships m WHERE m.person_id = mitta.current_person()
                AND m.partnership_id = p.partnership_id AND m.left_at_ms IS NULL)
        RETURNING 1
    )
    SELECT count(*) FROM changed
$$;

-- After my_partnership_lock and after the own share was closed. Own invites into it are void, and
-- with its last member the partnership goes.
CREATE FUNCTION mitta.my_membership_end(partnership_id uuid, now_ms bigint) RETURNS bigint
    LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, mitta, pg_temp
AS $$
#variable_conflict use_column
DECLARE
    me uuid := mitta.current_person();
    ended bigint;
BEGIN
    UPDATE mitta.memberships m SET left_at_ms = now_ms
    WHERE m.person_id = me AND m.partnership_id = my_membership_end.partnership_id AND m.left_at_ms IS NULL;
    GET DIAGNOSTICS ended = ROW_COUNT;
    IF ended = 1 THEN
        DELETE FROM mitta.invites i WHERE i.partnership_id = my_membership_end.partnership_id AND i.inviter = me;
        DELETE FROM mitta.partnerships p WHERE p.partnership_id = my_membership_end.partnership_id AND NOT EXISTS (
            SELECT FROM mitta.memberships m WHERE m.partnership_id = p.partnership_id AND m.left_at_ms IS NULL);
    END IF;
    RETURN ended;
END $$;

-- Invites. What is expired is not there, and is deleted at the next occasion.

-- `made`, `none` (no member), `full`, or `many` with the time at which the next of them expires.
CREATE FUNCTION mitta.my_invite_create(invite_id uuid, partnership_id uuid, kind text, code_hash bytea,
    now_ms bigint, expires_at_ms bigint, max_members integer, max_open integer)
    RETURNS TABLE (said text, next_expiry_ms bigint)
    LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, mitta, pg_temp
AS $$
#variable_conflict use_column
DECLARE
    me uuid := mitta.current_person();
    open_count bigint;
    next_ms bigint;
BEGIN
    IF NOT mitta.my_partnership_lock(my_invite_create.partnership_id) THEN
        RETURN QUERY SELECT 'none', NULL::bigint; RETURN;
    END IF;
    IF (SELECT count(*) FROM mitta.memberships m
        WHERE m.partnership_id = my_invite_create.partnership_id AND m.left_at_ms IS NULL) >= max_members THEN
        RETURN QUERY SELECT 'full', NULL::bigint; RETURN;
    END IF;
    DELETE FROM mitta.invites i WHERE i.partnership_id = my_invite_create.partnership_id AND i.expires_at_ms <= now_ms;
    SELECT count(*), min(i.expires_at_ms) INTO open_count, next_ms FROM mitta.invites i
    WHERE i.partnership_id = my_invite_create.partnership_id;
    IF open_count >= max_open THEN
        RETURN QUERY SELECT 'many', next_ms; RETURN;
    END IF;
    INSERT INTO mitta.invites (invite_id, partnership_id, inviter, kind, code_hash, created_at_ms, expires_at_ms)
    VALUES (my_invite_create.invite_id, my_invite_create.partnership_id, me, my_invite_create.kind,
        my_invite_create.code_hash, now_ms, my_invite_create.expires_at_ms);
    RETURN QUERY SELECT 'made', NULL::bigint;
END $$;

-- NULL: of all partnerships.
CREATE FUNCTION mitta.my_invites(partnership_id uuid, now_ms bigint)
    RETURNS TABLE (invite_id uuid, kind text, accepted_by text, is_accepted boolean, expires_at_ms bigint)
    LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, mitta, pg_temp
AS $$
    SELECT i.invite_id, i.kind, a.display_name, i.used_by IS NOT NULL, i.expires_at_ms
    FROM mitta.invites i LEFT JOIN mitta.accounts a ON a.person_id = i.used_by
    WHERE i.partnership_id = coalesce(my_invites.partnership_id, i.partnership_id) AND i.inviter = mitta.current_person() AND i.expires_at_ms > now_ms
    ORDER BY i.created_at_ms DESC, i.invite_id DESC
$$;

CREATE FUNCTION mitta.my_invite_withdraw(partnership_id uuid, invite_id uuid, now_ms bigint) RETURNS bigint
    LANGUAGE sql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, mitta, pg_temp
AS $$
    WITH gone AS (
        DELETE FROM mitta.invites i
        WHERE i.invite_id = my_invite_withdraw.invite_id AND i.partnership_id = my_invite_withdraw.partnership_id
            AND i.inviter = mitta.current_person() AND i.expires_at_ms > now_ms
        RETURNING 1
    )
    SELECT count(*) FROM gone
$$;

-- `accepted`, `none`, `member` (one is), or `full`. Again by the same person is the same answer.
-- The inviter then has `decide_ms` to decide.
CREATE FUNCTION mitta.invite_accept(code_hash bytea, share_since date, now_ms bigint, decide_ms bigint, max_members integer)
    RETURNS TABLE (said text, partnership_name text, inviter_name text)
    LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, mitta, pg_temp
AS $$
#variable_conflict use_column
DECLARE
    me uuid := mitta.current_person();
    i mitta.invites;
    members uuid[];
BEGIN
    SELECT * INTO i FROM mitta.invites o
    WHERE o.code_hash = invite_accept.code_hash AND o.expires_at_ms > now_ms AND (o.used_by IS NULL OR o.used_by = me)
    FOR UPDATE;
    IF NOT FOUND THEN RETURN QUERY SELECT 'none', NULL, NULL; RETURN; END IF;
    SELECT coalesce(array_agg(m.person_id), '{}') INTO members FROM mitta.memberships m
    WHERE m.partnership_id = i.partnership_id AND m.left_at_ms IS NULL;
    IF NOT i.inviter = ANY (members) THEN
        RETURN QUERY SELECT 'none', NULL, NULL; RETURN;
    ELSIF me = ANY (members) THEN
        RETURN QUERY SELECT 'member', NULL, NULL; RETURN;
    ELSIF cardinality(members) >= max_members THEN
        RETURN QUERY SELECT 'full', NULL, NULL; RETURN;
    END IF;
    IF i.used_by IS NULL THEN
        UPDATE mitta.invites o SET used_by = me, used_at_ms = now_ms, share_since = invite_accept.share_since,
            expires_at_ms = greatest(o.expires_at_ms, now_ms + decide_ms)
        WHERE o.invite_id = i.invite_id;
    END IF;
    RETURN QUERY SELECT 'accepted', p.name, a.display_name
        FROM mitta.partnerships p, mitta.accounts a WHERE p.partnership_id = i.partnership_id AND a.person_id = i.inviter;
END $$;

-- `accepted` with the new member, `declined`, `none`, `member` (they are one already), or `full`.
CREATE FUNCTION mitta.my_invite_decide(partnership_id uuid, invite_id uuid, is_welcome boolean, now_ms bigint, max_members integer)
    RETURNS TABLE (said text, new_member uuid)
    LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, mitta, pg_temp
AS $$
#variable_conflict use_column
DECLARE
    i mitta.invites;
    members uuid[];
    answer text;
BEGIN
    IF NOT mitta.my_partnership_lock(my_invite_decide.partnership_id) THEN
        RETURN QUERY SELECT 'none', NULL::uuid; RETURN;
    END IF;
    -- Own feeds by their persons' ids, as everywhere, and before the invite: who accepted may be erasing
    -- themselves, which locks in the same order, and is then found gone.
    PERFORM FROM mitta.feeds f
    WHERE f.share_id = f.person_id AND f.person_id IN (
        SELECT m.person_id FROM mitta.memberships m
        WHERE m.partnership_id = my_invite_decide.partnership_id AND m.left_at_ms IS NULL
        UNION ALL
        SELECT o.used_by FROM mitta.invites o WHERE o.invite_id = my_invite_decide.invite_id
            AND o.partnership_id = my_invite_decide.partnership_id AND o.inviter = mitta.current_person())
    ORDER BY f.person_id FOR UPDATE;
    SELECT * INTO i FROM mitta.invites o
    WHERE o.invite_id = my_invite_decide.invite_id AND o.partnership_id = my_invite_decide.partnership_id
        AND o.inviter = mitta.current_person() AND o.used_by IS NOT NULL AND o.expires_at_ms > now_ms
    FOR UPDATE;
    IF NOT FOUND THEN RETURN QUERY SELECT 'none', NULL::uuid; RETURN; END IF;
    SELECT array_agg(m.person_id) INTO members FROM mitta.memberships m
    WHERE m.partnership_id = i.partnership_id AND m.left_at_ms IS NULL;
    answer := CASE WHEN NOT is_welcome THEN 'declined' WHEN i.used_by = ANY (members) THEN 'member'
        WHEN cardinality(members) >= max_members THEN 'full' ELSE 'accepted' END;
    IF answer = 'full' THEN RETURN QUERY SELECT answer, NULL::uuid; RETURN; END IF;
    DELETE FROM mitta.invites o WHERE o.invite_id = i.invite_id;
    IF answer = 'accepted' THEN
        -- Who was a member before comes back with a new generation, which shows nothing of the old one.
        INSERT INTO mitta.memberships AS m (person_id, partnership_id, generation, share_since, joined_at_ms)
        VALUES (i.used_by, i.partnership_id, 1, i.share_since, now_ms)
        ON CONFLICT (person_id, partnership_id) DO UPDATE SET generation = m.generation + 1,
            share_since = excluded.share_since, weekly_goal_s = NULL, joined_at_ms = excluded.joined_at_ms, left_at_ms = NULL;
    END IF;
    RETURN QUERY SELECT answer, CASE answer WHEN 'accepted' THEN i.used_by END;
END $$;

-- After my_partnership_lock: its members, in the order in which their feeds are locked.
CREATE FUNCTION mitta.my_partnership_members(partnership_id uuid)
    RETURNS TABLE (person_id uuid)
    LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, mitta, pg_temp
AS $$
    SELECT o.person_id FROM mitta.memberships m
    JOIN mitta.memberships o ON o.partnership_id = m.partnership_id AND o.left_at_ms IS NULL
    WHERE m.person_id = mitta.current_person() AND m.partnership_id = my_partnership_members.partnership_id
        AND m.left_at_ms IS NULL
    ORDER BY o.person_id
$$;

-- What may be seen of others: rows of the feeds of open shares, while both are members.

-- The open shares that `reader` may read: own ones and those of partners. Not granted to the
-- server: the functions below ask it.
CREATE FUNCTION mitta.readable_shares(reader uuid)
    RETURNS TABLE (owner uuid, share_id uuid, partnership_id uuid, generation integer, share_since date)
    LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, mitta, pg_temp
AS $$
    SELECT s.person_id, s.share_id, s.partnership_id, s.generation, s.share_since
    FROM mitta.memberships mine
    JOIN mitta.memberships theirs ON theirs.partnership_id = mine.partnership_id AND theirs.left_at_ms IS NULL
    JOIN mitta.shares s ON s.person_id = theirs.person_id AND s.partnership_id = theirs.partnership_id
        AND s.generation = theirs.generation AND s.closed_at_ms IS NULL
    WHERE mine.person_id = reader AND mine.left_at_ms IS NULL
$$;

CREATE FUNCTION mitta.my_shares()
    RETURNS TABLE (share_id uuid, partnership_id uuid, person_id uuid, generation integer, share_since date, head_seq bigint)
    LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, mitta, pg_temp
AS $$
    SELECT r.share_id, r.partnership_id, r.owner, r.generation, r.share_since, f.head_seq
    FROM mitta.readable_shares(mitta.current_person()) r
    JOIN mitta.feeds f ON f.person_id = r.owner AND f.share_id = r.share_id
    ORDER BY r.partnership_id, r.owner
$$;

CREATE FUNCTION mitta.share_head(share_id uuid) RETURNS bigint
    LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, mitta, pg_temp
AS $$
    SELECT f.head_seq
    FROM mitta.readable_shares(mitta.current_person()) r
    JOIN mitta.feeds f ON f.person_id = r.owner AND f.share_id = r.share_id
    WHERE r.share_id = share_head.share_id
$$;

-- A page of changes after a position, in order. What is withdrawn, or should never have been
-- there, comes as an id alone.
CREATE FUNCTION mitta.share_changes(share_id uuid, after_seq bigint, at_most integer)
    RETURNS TABLE (seq bigint, session_id uuid, visible boolean, started_at_ms bigint, utc_offset_s integer,
        local_date date, planned_s integer, credited_s integer, together_id uuid, note text, label text)
    LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, mitta, pg_temp
AS $$
    SELECT c.seq, c.session_id, s.session_id IS NOT NULL, s.started_at_ms, s.utc_offset_s, s.local_date, s.planned_s,
        s.credited_s, s.together_id,
        CASE WHEN s.note_shared THEN s.note END, CASE WHEN s.note_shared THEN s.label END
    FROM mitta.readable_shares(mitta.current_person()) r
    JOIN mitta.changes c ON c.person_id = r.owner AND c.share_id = r.share_id
    LEFT JOIN mitta.sessions s ON s.person_id = c.person_id AND s.session_id = c.session_id
        AND c.kind = 'session' AND s.state = 'completed' AND NOT s.deleted AND s.shared
        AND s.local_date >= r.share_since
        AND NOT EXISTS (SELECT 1 FROM mitta.pauses p WHERE p.person_id = c.person_id AND p.share_id = c.share_id
            AND s.started_at_ms >= p.from_ms AND (p.until_ms IS NULL OR s.started_at_ms < p.until_ms))
    WHERE r.share_id = share_changes.share_id AND c.seq > after_seq
    ORDER BY c.seq
    LIMIT at_most
$$;

-- All that a partner sees of a share, or of some of its days: for the digest and for repair.
CREATE FUNCTION mitta.share_rows(share_id uuid, from_date date, until_date date)
    RETURNS TABLE (session_id uuid, started_at_ms bigint, utc_offset_s integer, local_date date, planned_s integer,
        credited_s integer, together_id uuid, note text, label text)
    LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, mitta, pg_temp
AS $$
    SELECT c.session_id, c.started_at_ms, c.utc_offset_s, c.local_date, c.planned_s, c.credited_s, c.together_id, c.note, c.label
    FROM mitta.share_changes(share_rows.share_id, 0, NULL) c
    WHERE c.visible AND (from_date IS NULL OR c.local_date >= from_date) AND (until_date IS NULL OR c.local_date <= until_date)
$$;

CREATE FUNCTION mitta.share_days(share_id uuid, from_date date, until_date date)
    RETURNS TABLE (local_date date, sits integer, credited_s bigint)
    LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, mitta, pg_temp
AS $$
    SELECT d.local_date, d.sits, d.credited_s
    FROM mitta.readable_shares(mitta.current_person()) r
    JOIN mitta.day_totals d ON d.person_id = r.owner AND d.share_id = r.share_id
    WHERE r.share_id = share_days.share_id
        AND (from_date IS NULL OR d.local_date >= from_date) AND (until_date IS NULL OR d.local_date <= until_date)
    ORDER BY d.local_date
$$;

-- Where the feeds are that each of these persons may read: for the live streams of one server.
CREATE FUNCTION mitta.live_heads(readers uuid[])
    RETURNS TABLE (reader uuid, share_id uuid, head_seq bigint)
    LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, mitta, pg_temp
AS $$
    SELECT f.person_id, f.share_id, f.head_seq
    FROM mitta.feeds f WHERE f.person_id = ANY (readers) AND f.share_id = f.person_id
    UNION ALL
    SELECT u.reader, r.share_id, f.head_seq
    FROM unnest(readers) AS u (reader)
    CROSS JOIN LATERAL mitta.readable_shares(u.reader) r
    JOIN mitta.feeds f ON f.person_id = r.owner AND f.share_id = r.share_id
$$;

-- Of the tokens of live streams those that still count. Being listened with does not prolong them.
CREATE FUNCTION mitta.live_tokens(tokens bytea[], now_ms bigint)
    RETURNS TABLE (token_sha256 bytea)
    LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, mitta, pg_temp
AS $$
    SELECT k.token_sha256 FROM mitta.tokens k WHERE k.token_sha256 = ANY (tokens) AND k.expires_at_ms > now_ms
$$;

GRANT EXECUTE ON FUNCTION
    mitta.login_lookup(text, uuid), mitta.attempts_take(text[], bytea[], integer[], bigint[], bigint),
    mitta.attempts_give_back(text[], bytea[], bigint[]), mitta.account_create(uuid, text, text, text, text, bigint),
    mitta.token_lookup(bytea, bigint, bigint, bigint),
    mitta.my_account(), mitta.my_account_change(text, text, text, text, text), mitta.my_account_erase(text),
    mitta.my_sign_in(text, bytea, uuid, text, bigint, bigint, bigint), mitta.my_tokens(bigint),
    mitta.my_tokens_revoke(bytea, uuid, bytea),
    mitta.my_partnerships(), mitta.my_members(), mitta.partnership_create(uuid, text, text, date, integer, bigint),
    mitta.my_partnership_lock(uuid), mitta.my_partnership_change(uuid, text, text), mitta.my_partnership_members(uuid),
    mitta.my_membership_end(uuid, bigint), mitta.my_invites(uuid, bigint), mitta.my_invite_withdraw(uuid, uuid, bigint),
    mitta.my_invite_create(uuid, uuid, text, bytea, bigint, bigint, integer, integer),
    mitta.invite_accept(bytea, date, bigint, bigint, integer), mitta.my_invite_decide(uuid, uuid, boolean, bigint, integer),
    mitta.my_shares(), mitta.share_head(uuid), mitta.share_changes(uuid, bigint, integer),
    mitta.share_rows(uuid, date, date), mitta.share_days(uuid, date, date), mitta.live_heads(uuid[]), mitta.live_tokens(bytea[], bigint)
TO mitta_server;

SET LOCAL ROLE mitta_owner;
REVOKE CREATE ON SCHEMA mitta FROM mitta_definer;

-- Which history of this database is served: another after a restore (counted by hand), in another
-- cluster, and on another timeline, which a restore to a point in time and a promotion begin.
CREATE FUNCTION mitta.served_epoch() RETURNS text
    LANGUAGE sql VOLATILE SET search_path = pg_catalog, mitta, pg_temp
AS $$
    SELECT s.epoch || '-' || (pg_control_system()).system_identifier || '-'
        || ('x' || left(pg_walfile_name(pg_current_wal_lsn()), 8))::bit(32)::int
    FROM mitta.server s
$$;
REVOKE EXECUTE ON FUNCTION mitta.served_epoch() FROM PUBLIC;
GRANT EXECUTE ON FUNCTION mitta.served_epoch() TO mitta_server;
