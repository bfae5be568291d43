-- One row of Alice (…0a) in every table that is a person's or of the directory.
INSERT INTO mitta.accounts VALUES
    ('0197a3c2-5f00-7000-8000-00000000000a', 'alice', 'Alice', 'hash', 'hash', 1);
INSERT INTO mitta.partnerships (partnership_id, name, week_start, created_at_ms) VALUES
    ('0197a3c2-5f00-7000-8000-0000000000b0', 'Evenings', 'Mon', 1);
INSERT INTO mitta.invites (invite_id, partnership_id, inviter, kind, code_hash, created_at_ms, expires_at_ms) VALUES
    ('0197a3c2-5f00-7000-8000-0000000000e0', '0197a3c2-5f00-7000-8000-0000000000b0',
     '0197a3c2-5f00-7000-8000-00000000000a', 'link', sha256('invite'), 1, 2);
INSERT INTO mitta.attempts VALUES ('login', sha256('alice'), 1);
INSERT INTO mitta.devices (person_id, device_id, name, created_at_ms, last_seen_at_ms) VALUES
    ('0197a3c2-5f00-7000-8000-00000000000a', '0197a3c2-5f00-7000-8000-0000000000d0', 'laptop', 1, 1);
INSERT INTO mitta.tokens (token_sha256, person_id, device_id, kind, created_at_ms, last_seen_at_ms, expires_at_ms) VALUES
    (sha256('token'), '0197a3c2-5f00-7000-8000-00000000000a', '0197a3c2-5f00-7000-8000-0000000000d0', 'device', 1, 1, 2);
INSERT INTO mitta.memberships (person_id, partnership_id, generation, share_since, joined_at_ms) VALUES
    ('0197a3c2-5f00-7000-8000-00000000000a', '0197a3c2-5f00-7000-8000-0000000000b0', 1, '2026-11-01', 1);
INSERT INTO mitta.shares (person_id, share_id, partnership_id, generation, share_since) VALUES
    ('0197a3c2-5f00-7000-8000-00000000000a', '0197a3c2-5f00-7000-8000-0000000000f0',
     '0197a3c2-5f00-7000-8000-0000000000b0', 1, '2026-11-01');
INSERT INTO mitta.pauses (person_id, share_id, from_ms) VALUES
    ('0197a3c2-5f00-7000-8000-00000000000a', '0197a3c2-5f00-7000-8000-0000000000f0', 5);
INSERT INTO mitta.feeds VALUES
    ('0197a3c2-5f00-7000-8000-00000000000a', '0197a3c2-5f00-7000-8000-00000000000a', 1),
    ('0197a3c2-5f00-7000-8000-00000000000a', '0197a3c2-5f00-7000-8000-0000000000f0', 1);
INSERT INTO mitta.sessions (
    person_id, session_id, device_id, source, started_at_ms, tz, utc_offset_s, local_date, planned_s, plan, state,
    ended_at_ms, completion_credited_s, paused_s, asleep_s, overtime_s, note,
    words_hlc_ms, words_device_id, words_device_seq, credited_hlc_ms, credited_device_id, credited_device_seq,
    shared, note_shared, sharing_hlc_ms, sharing_device_id, sharing_device_seq,
    deleted, deleted_hlc_ms, deleted_device_id, deleted_device_seq
) SELECT
    '0197a3c2-5f00-7000-8000-00000000000a', '0197a3c2-5f00-7000-8000-000000000051', device, 'timer',
    1795219200000, 'Europe/Berlin', 3600, '2026-11-21', 1200, '{"a": 1}', 'completed',
    1795220400000, 1200, 0, 0, 0, 'a note',
    1, device, 1, 0, device, 0, true, false, 0, device, 0, false, 0, device, 0
FROM (VALUES ('0197a3c2-5f00-7000-8000-0000000000d0'::uuid)) AS d (device);
INSERT INTO mitta.session_events VALUES
    ('0197a3c2-5f00-7000-8000-00000000000a', '0197a3c2-5f00-7000-8000-000000000051', 1, 'completed', 1795220400000, 1200000);
INSERT INTO mitta.changes VALUES
    ('0197a3c2-5f00-7000-8000-00000000000a', '0197a3c2-5f00-7000-8000-00000000000a', 1, 'session',
     '0197a3c2-5f00-7000-8000-000000000051');
INSERT INTO mitta.applied_ops VALUES
    ('0197a3c2-5f00-7000-8000-00000000000a', '0197a3c2-5f00-7000-8000-0000000000c0',
     '0197a3c2-5f00-7000-8000-0000000000d0', sha256('op'), 'applied', NULL);
INSERT INTO mitta.day_totals VALUES
    ('0197a3c2-5f00-7000-8000-00000000000a', '0197a3c2-5f00-7000-8000-00000000000a', '2026-11-21', 1, 1200);
INSERT INTO mitta.contacts VALUES ('0197a3c2-5f00-7000-8000-00000000000a', 1);
INSERT INTO mitta.presence (person_id, session_id, local_date, started_at_ms, said_at_ms) VALUES
    ('0197a3c2-5f00-7000-8000-00000000000a', '0197a3c2-5f00-7000-8000-000000000051', '2026-11-21', 1, 1);
INSERT INTO mitta.proposals (together_id, partnership_id, proposed_by, starts_at_ms, planned_s, start_strikes, end_strikes) VALUES
    ('0197a3c2-5f00-7000-8000-000000000070', '0197a3c2-5f00-7000-8000-0000000000b0',
     '0197a3c2-5f00-7000-8000-00000000000a', 1, 600, 3, 1);
INSERT INTO mitta.proposal_answers VALUES
    ('0197a3c2-5f00-7000-8000-00000000000a', '0197a3c2-5f00-7000-8000-000000000070', 'joined');
INSERT INTO mitta.activities (person_id, happened_at_ms, kind) VALUES
    ('0197a3c2-5f00-7000-8000-00000000000a', 1, 'signed_up');
