//! A device that syncs: a process of its own, from its start to its end.

use std::ops::ControlFlow;
use std::process::{Command, Stdio};

use mitta_domain::{DeviceId, UnixMillis};
use mitta_store::{DataDir, Opening, Reader, Writer};
use mitta_sync::{HttpRemote, RoundReport, ServerUrl, Token, http_client, round};

use crate::bed::Person;
use crate::process::Memory;

/// The word by which this program is that process.
pub const WORD: &str = "device";
const TOKEN: &str = "MITTA_BENCH_TOKEN";

/// What a round did.
#[derive(Debug, Clone, Copy)]
pub struct Synced {
    /// Ops that were answered.
    pub pushed: u32,
    /// Changes that were stored.
    pub pulled: u32,
    /// Of the device after it.
    pub memory: Memory,
}

/// Syncs a folder in a process of its own.
pub fn sync(dir: &DataDir, url: &str, person: &Person) -> Synced {
    let output = Command::new(std::env::current_exe().unwrap())
        .arg(WORD)
        .arg(dir.path())
        .arg(url)
        .env(TOKEN, &person.token)
        .stdin(Stdio::null())
        .stderr(Stdio::inherit())
        .output()
        .unwrap();
    assert!(output.status.success(), "a device failed");
    let said = String::from_utf8(output.stdout).unwrap();
    let numbers: Vec<f64> = said
        .split_whitespace()
        .map(|it| it.parse().unwrap())
        .collect();
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "small counts"
    )]
    let count = |at: usize| numbers[at] as u32;
    Synced {
        pushed: count(0),
        pulled: count(1),
        memory: Memory {
            pss: numbers[2],
            dirty: numbers[3],
        },
    }
}

/// The process.
pub fn main(folder: &str, url: &str) {
    let dir = DataDir::new(folder);
    let token = std::env::var(TOKEN).unwrap();
    let remote = remote(url, &token);
    let report = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .unwrap()
        .block_on(Device::open(&dir).sync(&remote));
    let memory = Memory::of(std::process::id());
    let (pushed, pulled) = (report.pushed.unwrap(), report.pulled.unwrap());
    assert_eq!(pushed.rejected, 0);
    assert!(
        pulled.differing_weeks.is_empty(),
        "both sides must hold the same"
    );
    println!(
        "{} {} {:.3} {:.3}",
        pushed.answered, pulled.changes, memory.pss, memory.dirty
    );
}

/// The server at an address, for whoever has that token.
pub fn remote(url: &str, token: &str) -> HttpRemote {
    let url = ServerUrl::parse(url).unwrap();
    HttpRemote::new(
        http_client().unwrap(),
        url,
        Some(Token::new(token.to_owned())),
    )
}

/// A folder that is open.
pub struct Device {
    writer: Writer,
    reader: Reader,
}

impl Device {
    pub fn open(dir: &DataDir) -> Self {
        let device = DeviceId::from_uuid(uuid::Uuid::from_u128(7));
        let (writer, _) = Writer::open(dir, Opening::new(now(), device)).unwrap();
        let reader = Reader::open(dir).unwrap();
        Self { writer, reader }
    }

    pub async fn sync(mut self, remote: &HttpRemote) -> RoundReport {
        self.round(remote).await
    }

    pub async fn round(&mut self, remote: &HttpRemote) -> RoundReport {
        let Self { writer, reader } = self;
        round(writer, reader, remote, &now, &mut |_| {
            ControlFlow::Continue(())
        })
        .await
    }
}

#[expect(clippy::disallowed_methods, reason = "a device has the real clock")]
fn now() -> UnixMillis {
    let since = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH);
    UnixMillis(i64::try_from(since.unwrap().as_millis()).unwrap())
}
