//! Memory of the server and of a device, each a process that has just begun.

use std::io::{Read as _, Write as _};
use std::net::TcpStream;
use std::time::Duration;

use mitta_domain::DeviceId;
use mitta_protocol::account::{DeviceIntro, SignIn, SignUp};
use mitta_protocol::{PROTOCOL, PROTOCOL_HEADER};
use uuid::Uuid;

use crate::bed::{Bed, Person};
use crate::figures::{scratch, timed_ms};
use crate::process::Memory;
use crate::{aim, device, sits};

const SIGN_INS: usize = 200;
const CONNECTIONS: usize = 1_000;
const SITS: u32 = 1_000_000;

/// A history of many years, as if it had been pushed.
const FILL: &str = "WITH sits AS (
        SELECT n, 1795219200000 - ($2 - n) * 850000::bigint AS started_at_ms FROM generate_series(1, $2::bigint) n
    ), filled AS (
        INSERT INTO mitta.sessions (person_id, session_id, device_id, source, started_at_ms, tz, utc_offset_s,
            local_date, planned_s, plan, state, ended_at_ms, completion_credited_s, paused_s, asleep_s, overtime_s,
            words_hlc_ms, words_device_id, words_device_seq, credited_hlc_ms, credited_device_id,
            credited_device_seq, shared, note_shared, sharing_hlc_ms, sharing_device_id, sharing_device_seq,
            deleted, deleted_hlc_ms, deleted_device_id, deleted_device_seq)
        SELECT $1, ('00000000-0000-7000-8000-' || lpad(to_hex(n), 12, '0'))::uuid, $1, 'timer', started_at_ms,
            'Europe/Berlin', 3600, '2026-11-21'::date - (($2 - n) / 100)::int, 1200, $3::text::json, 'completed',
            started_at_ms + 1200000, 1200, 0, 0, 0, 0, $4, 0, 0, $4, 0, true, false, 0, $4, 0, false, 0, $4, 0
        FROM sits
    )
    UPDATE mitta.feeds SET head_seq = $2 WHERE person_id = $1";
const TELL: &str = "INSERT INTO mitta.changes (person_id, share_id, seq, kind, session_id)
    SELECT $1, $1, row_number() OVER (ORDER BY session_id), 'session', session_id
    FROM mitta.sessions WHERE person_id = $1";
const SUM: &str = "INSERT INTO mitta.day_totals (person_id, share_id, local_date, sits, credited_s)
    SELECT $1, $1, local_date, count(*), sum(credited_s) FROM mitta.sessions WHERE person_id = $1 GROUP BY local_date";

pub fn run(bed: &Bed) {
    sign_ins(bed);
    live_connections(bed);
    long_history(bed);
}

fn say(what: &str, memory: Memory) {
    let Memory { pss, dirty } = memory;
    println!("  {what:<48} {pss:6.1} MiB PSS, {dirty:6.1} MiB dirty");
}

fn sign_ins(bed: &Bed) {
    let served = bed.serve_anew();
    println!("Server, before and after {SIGN_INS} sign-ins, eight at once");
    let before = Memory::of(served.pid());
    say("just started", before);
    let remote = device::remote(&served.url(), "none");
    let device = DeviceIntro {
        device_id: DeviceId::from_uuid(bed.fresh_id()),
        name: "A device".to_owned(),
    };
    let (login, password) = ("sits.daily".to_owned(), "correct horse battery".to_owned());
    bed.runtime.block_on(async {
        let account = SignUp {
            login: login.clone(),
            password: password.clone(),
            display_name: "Somebody".to_owned(),
            device: Some(device.clone()),
        };
        remote.sign_up(&account).await.unwrap();
        for _ in 0..SIGN_INS / 8 {
            let again = SignIn {
                login: login.clone(),
                password: password.clone(),
                device: Some(device.clone()),
            };
            let at_once = (0..8).map(|_| remote.sign_in(&again));
            for done in futures_util::future::join_all(at_once).await {
                done.unwrap();
            }
        }
    });
    let after = Memory::of(served.pid());
    say("after", after);
    println!("  ratio      {:.2}×  (aim ≤ 1.5×)", after.pss / before.pss);
    aim(after.pss <= before.pss * 1.5);
}

fn live_connections(bed: &Bed) {
    let served = bed.serve_anew();
    let persons: Vec<Person> = (0..CONNECTIONS).map(|_| bed.person()).collect();
    println!("Server, with {CONNECTIONS} persons who listen and hear nothing (aim ≤ 60 MiB)");
    say("just started", Memory::of(served.pid()));
    let open: Vec<TcpStream> = persons.iter().map(|it| listen(served.port(), it)).collect();
    let memory = Memory::of(served.pid());
    say("while they listen", memory);
    aim(memory.pss <= 60.0);
    drop(open);
}

/// Opens a live stream and waits until it has told where the own feed is.
fn listen(port: u16, person: &Person) -> TcpStream {
    let mut stream = TcpStream::connect(("127.0.0.1", port)).unwrap();
    stream
        .set_read_timeout(Some(Duration::from_mins(1)))
        .unwrap();
    write!(
        stream,
        "GET /v1/live HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer {}\r\n{PROTOCOL_HEADER}: {PROTOCOL}\r\n\
         Accept: text/event-stream\r\n\r\n",
        person.token
    )
    .unwrap();
    let (mut heard, mut buffer) = (Vec::new(), [0; 4096]);
    while !String::from_utf8_lossy(&heard).contains("event: head") {
        let read = stream.read(&mut buffer).unwrap();
        assert!(read > 0, "the stream ended");
        heard.extend(&buffer[..read]);
    }
    stream
}

fn long_history(bed: &Bed) {
    let disk = scratch();
    let mut person = bed.person();
    let (ms, ()) = timed_ms(|| fill(bed, person.person_id));
    println!(
        "With {SITS} sits on both sides ({:.0} s to make them)",
        ms / 1000.0
    );
    let served = bed.serve_anew();
    say("server, just started", Memory::of(served.pid()));
    let dir = sits::folder(disk.path(), None);
    sits::sign_in(&dir, bed, &person);
    person.token = bed.sign_in(person.person_id);
    let (ms, synced) = timed_ms(|| device::sync(&dir, &served.url(), &person));
    assert_eq!(synced.pulled, SITS);
    say(
        "server, after they were all pulled and compared",
        Memory::of(served.pid()),
    );
    say(
        "device, after it pulled and compared them all",
        synced.memory,
    );
    println!("  (pulling took {:.0} s)", ms / 1000.0);

    sits::record_another(&dir, SITS + 1);
    let served = bed.serve_anew();
    let (ms, synced) = timed_ms(|| device::sync(&dir, &served.url(), &person));
    assert_eq!(synced.pushed, 1);
    say(
        "server, after a sync of one sit more",
        Memory::of(served.pid()),
    );
    say("device, after a sync of one sit more", synced.memory);
    println!("  (the sync took {ms:.0} ms, comparing all)");
}

fn fill(bed: &Bed, person_id: Uuid) {
    let (nobody, plan, count) = (Uuid::nil(), sits::plan_json(), i64::from(SITS));
    let filled = bed.execute(FILL, &[&person_id, &count, &plan, &nobody]);
    assert_eq!(filled, 1);
    for sql in [TELL, SUM] {
        assert!(bed.execute(sql, &[&person_id]) > 0);
    }
    bed.execute("ANALYZE", &[]);
}
