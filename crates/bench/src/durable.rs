//! Durable pushes a second, of 32 persons at once, each a sit; beside pgbench with the same statements.

use std::process::{Command, Stdio};

use mitta_protocol::{PROTOCOL, PROTOCOL_HEADER};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;
use tokio::task::JoinSet;
use uuid::Uuid;

use crate::bed::{Bed, Person};
use crate::figures::{Series, alone, compare, timed_ms};
use crate::process::worked_ms;
use crate::{aim, sits};

const PERSONS: u32 = 32;
const PUSHES_EACH: u32 = 100;
const ROUNDS: u32 = 5;
const SECONDS: u32 = 8;
const SCRIPT: &str = include_str!("push.pgbench.sql");

pub fn run(bed: &Bed) {
    let persons: Vec<Person> = (0..PERSONS).map(|_| bed.person()).collect();
    let others: Vec<Uuid> = (0..PERSONS)
        .map(|number| enter_for_script(bed, number))
        .collect();
    let script = tempfile::NamedTempFile::new().unwrap();
    // A colon before a word would be one of pgbench's variables.
    let plan = sits::plan_json().replace(':', ": ");
    std::fs::write(script.path(), SCRIPT.replace("{PLAN}", &plan)).unwrap();
    let (mut ours, mut theirs, mut cpu) = Default::default();
    for round in 0..ROUNDS {
        let requests: Vec<Vec<Vec<u8>>> = (0..)
            .zip(&persons)
            .map(|(place, person)| {
                let first = (round * PERSONS + place) * PUSHES_EACH;
                (first..first + PUSHES_EACH)
                    .map(|number| request(person, number))
                    .collect()
            })
            .collect();
        let worked = worked_ms(bed.server_pid());
        let (ms, ()) = timed_ms(|| bed.runtime.block_on(push(bed.port(), requests)));
        let pushes = f64::from(PERSONS * PUSHES_EACH);
        Series::push(&mut cpu, (worked_ms(bed.server_pid()) - worked) / pushes);
        Series::push(&mut ours, pushes / ms * 1000.0);
        Series::push(&mut theirs, pgbench(bed, script.path()));
    }
    let all = |table, ids: &[Uuid]| ids.iter().map(|it| bed.count(table, *it)).sum::<i64>();
    let persons: Vec<Uuid> = persons.iter().map(|it| it.person_id).collect();
    let pushed = i64::from(PERSONS * PUSHES_EACH * ROUNDS);
    for table in ["sessions", "applied_ops", "changes"] {
        assert_eq!(all(table, &persons), pushed, "every push must be stored");
        assert_eq!(
            all(table, &others),
            all("sessions", &others),
            "both must do the same work"
        );
    }
    compare(
        &format!("Durable pushes a second, of {PERSONS} persons at once"),
        "a second",
        &ours,
        ("pgbench running the same statements", &theirs),
        "≥ 0.5×",
    );
    aim(ours.median() >= 0.5 * theirs.median());
    alone("Server CPU for each of them", "ms", &cpu, "–");
}

/// A person whose id and token pgbench can write.
fn enter_for_script(bed: &Bed, number: u32) -> Uuid {
    let person: Uuid = format!("00000000-0000-0000-0000-000000000{}", 100 + number)
        .parse()
        .unwrap();
    let token = format!("{:0>64}", 100 + number);
    let hex = |at: usize| u8::from_str_radix(&token[at * 2..at * 2 + 2], 16).unwrap();
    let sha256: Vec<u8> = (0..32).map(hex).collect();
    bed.enter(person);
    bed.store_token(person, &sha256);
    person
}

fn request(person: &Person, number: u32) -> Vec<u8> {
    let body = sits::push_of_one(number);
    let head = format!(
        "POST /v1/push HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer {}\r\n\
         {PROTOCOL_HEADER}: {PROTOCOL}\r\nContent-Type: application/json\r\nContent-Length: {}\r\n\r\n",
        person.token,
        body.len()
    );
    [head.into_bytes(), body].concat()
}

/// Each person on a connection of their own, one request after the other.
async fn push(port: u16, persons: Vec<Vec<Vec<u8>>>) {
    let mut tasks = JoinSet::new();
    for requests in persons {
        tasks.spawn(async move {
            let mut stream = TcpStream::connect(("127.0.0.1", port)).await.unwrap();
            stream.set_nodelay(true).unwrap();
            for request in requests {
                stream.write_all(&request).await.unwrap();
                let answer = answer(&mut stream).await;
                assert!(answer.contains(r#""outcome":"applied""#), "{answer}");
            }
        });
    }
    while let Some(done) = tasks.join_next().await {
        done.unwrap();
    }
}

async fn answer(stream: &mut TcpStream) -> String {
    let mut answer = Vec::new();
    loop {
        assert!(
            stream.read_buf(&mut answer).await.unwrap() > 0,
            "it hung up"
        );
        let text = String::from_utf8_lossy(&answer);
        let Some((head, body)) = text.split_once("\r\n\r\n") else {
            continue;
        };
        let length = head
            .lines()
            .find_map(|line| line.strip_prefix("content-length: "));
        if body.len() == length.unwrap().parse::<usize>().unwrap() {
            return text.into_owned();
        }
    }
}

/// Transactions a second.
fn pgbench(bed: &Bed, script: &std::path::Path) -> f64 {
    let output = Command::new("pgbench")
        .args(["--no-vacuum", "--protocol=extended", "--jobs=2"])
        .arg(format!("--client={PERSONS}"))
        .arg(format!("--time={SECONDS}"))
        .arg("--file")
        .arg(script)
        .arg(bed.server_url())
        .stdin(Stdio::null())
        .output()
        .unwrap();
    let said = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "pgbench: {said}");
    let said = String::from_utf8_lossy(&output.stdout);
    let rate = said.lines().find_map(|line| line.strip_prefix("tps = "));
    let (rate, _) = rate.unwrap().split_once(' ').unwrap();
    rate.parse().unwrap()
}
