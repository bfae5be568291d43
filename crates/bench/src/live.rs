//! What a partner does, and when one sees it, on a server to which a thousand listen.

use std::time::{Duration, Instant};

use mitta_domain::ShareId;
use mitta_protocol::pull::PullQuery;
use mitta_protocol::{PROTOCOL, PROTOCOL_HEADER};
use mitta_sync::{HttpRemote, Remote as _};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;
use tokio::sync::mpsc::{UnboundedReceiver, unbounded_channel};
use uuid::Uuid;

use crate::bed::{Bed, Person};
use crate::figures::{Series, compare};
use crate::process::{Memory, worked_ms};
use crate::{aim, device, sits};

const PAIRS: usize = 500;
const UPDATES: usize = 200;
const IDLE: Duration = Duration::from_secs(10);

/// Two persons who share all they sit with each other.
const PAIR: &str = "WITH made AS (
        INSERT INTO mitta.partnerships (partnership_id, name, week_start, created_at_ms) VALUES ($1, 'Us', 'Mon', 0)
        RETURNING partnership_id
    ), joined AS (
        INSERT INTO mitta.memberships (person_id, partnership_id, generation, share_since, joined_at_ms)
        SELECT person_id, partnership_id, 1, '2000-01-01', 0 FROM made, unnest($2::uuid[]) person_id
        RETURNING person_id, partnership_id
    ), shared AS (
        INSERT INTO mitta.shares (person_id, share_id, partnership_id, generation, share_since)
        SELECT person_id, share_id, partnership_id, 1, '2000-01-01'
        FROM joined JOIN unnest($2::uuid[], $3::uuid[]) AS ids (person_id, share_id) USING (person_id)
        RETURNING person_id, share_id
    )
    INSERT INTO mitta.feeds (person_id, share_id, head_seq) SELECT person_id, share_id, 0 FROM shared";

/// One who sits, and one who hears of it.
struct Pair {
    sits: Person,
    share_id: Uuid,
    sees: Person,
}

pub fn run(bed: &Bed) {
    let pairs: Vec<Pair> = (0..PAIRS).map(|_| pair(bed)).collect();
    let served = bed.serve_anew();
    println!(
        "Server, with {} who listen and partners who do nothing",
        PAIRS * 2
    );
    let idle = |what| {
        let before = worked_ms(served.pid());
        bed.runtime
            .block_on(async { tokio::time::sleep(IDLE).await });
        let each_s = (worked_ms(served.pid()) - before) / IDLE.as_secs_f64();
        let Memory { pss, .. } = Memory::of(served.pid());
        println!("  {what:<32} {pss:6.1} MiB PSS, works {each_s:.1} ms of each second");
    };
    idle("nobody listens (reference)");
    let open = |port| bed.runtime.block_on(listen_all(port, &pairs));
    let mut ears = open(served.port());
    idle("while they listen");
    measure(
        bed,
        &served.url(),
        &pairs[..UPDATES],
        &mut ears[..UPDATES],
        "on the same server",
    );
    drop(ears);
    let elsewhere = bed.serve_anew();
    let mut ears = open(elsewhere.port());
    let (pairs, ears) = (
        &pairs[UPDATES..UPDATES * 2],
        &mut ears[UPDATES..UPDATES * 2],
    );
    measure(
        bed,
        &served.url(),
        pairs,
        ears,
        "by way of another server process",
    );
}

fn pair(bed: &Bed) -> Pair {
    let (sits, sees) = (bed.person(), bed.person());
    let shares = [bed.fresh_id(), bed.fresh_id()];
    let persons = [sits.person_id, sees.person_id];
    let made = bed.execute(PAIR, &[&bed.fresh_id(), &&persons[..], &&shares[..]]);
    assert_eq!(made, 2);
    Pair {
        sits,
        share_id: shares[0],
        sees,
    }
}

/// Moments at which one heard of a head.
type Ear = UnboundedReceiver<Instant>;

/// Lets all listen; gives back the ears of those who see.
async fn listen_all(port: u16, pairs: &[Pair]) -> Vec<Ear> {
    let mut ears = Vec::with_capacity(pairs.len());
    for pair in pairs {
        // Who sits listens too, and is a viewer like all.
        let mut own = listen(port, &pair.sits).await;
        own.recv().await.unwrap();
        tokio::spawn(async move { while own.recv().await.is_some() {} });
        let mut ear = listen(port, &pair.sees).await;
        ear.recv().await.unwrap();
        ears.push(ear);
    }
    ears
}

async fn listen(port: u16, person: &Person) -> Ear {
    let mut stream = TcpStream::connect(("127.0.0.1", port)).await.unwrap();
    let request = format!(
        "GET /v1/live HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer {}\r\n{PROTOCOL_HEADER}: {PROTOCOL}\r\n\
         Accept: text/event-stream\r\n\r\n",
        person.token
    );
    stream.write_all(request.as_bytes()).await.unwrap();
    let (heard, ear) = unbounded_channel();
    tokio::spawn(async move {
        let mut buffer = [0; 4096];
        while let Ok(read @ 1..) = stream.read(&mut buffer).await {
            // Events of one change come in one piece: a few hundred bytes.
            let is_head = String::from_utf8_lossy(&buffer[..read]).contains("event: head");
            if is_head && heard.send(now()).is_err() {
                break;
            }
        }
    });
    ear
}

#[expect(clippy::disallowed_methods, reason = "a benchmark measures real time")]
fn now() -> Instant {
    Instant::now()
}

fn measure(bed: &Bed, url: &str, pairs: &[Pair], ears: &mut [Ear], how: &str) {
    let (mut ours, mut theirs) = (Series::default(), Series::default());
    bed.runtime.block_on(async {
        for (number, (pair, ear)) in (0..).zip(pairs.iter().zip(ears)) {
            let sits = device::remote(url, &pair.sits.token);
            let sees = device::remote(url, &pair.sees.token);
            // Connections are open, and nothing of the start is still on its way.
            fetch(&sees, pair.share_id, 0).await;
            fetch(&sits, pair.share_id, 0).await;
            while ear.try_recv().is_ok() {}
            let body = sits::push_of_one(number);
            let begun = now();
            sits.push(body).await.unwrap();
            let committed = now();
            let heard = ear.recv().await.unwrap().max(committed);
            let asked = now();
            fetch(&sees, pair.share_id, 1).await;
            let done = now();
            let ms = |from: Instant, to: Instant| (to - from).as_secs_f64() * 1000.0;
            ours.push(ms(committed, heard) + ms(asked, done));
            theirs.push(ms(begun, committed) + ms(asked, done));
        }
    });
    compare(
        &format!("From a commit to the partner's having it, {how}"),
        "ms",
        &ours,
        ("pushing it and fetching it, without waiting", &theirs),
        "p99 ≤ 1,000 ms",
    );
    println!("  p99        {:.3} ms", ours.quantile(0.99));
    aim(ours.quantile(0.99) <= 1000.0);
}

/// Fetches the share; it has to hold so many sits.
async fn fetch(remote: &HttpRemote, share_id: Uuid, sits: usize) {
    let query = PullQuery {
        share_id: Some(ShareId::from_uuid(share_id)),
        after: 0,
        limit: None,
        summary: false,
    };
    let answer = remote.pull(&query).await.unwrap();
    assert_eq!(answer.changes.len(), sits);
}
