//! The engine with a real folder and a server over HTTP.

mod another;
mod couple;
mod log;
mod partners;
mod proposals;
mod refused;
mod restored;
mod signing;
mod together;
mod waits;

use std::sync::Mutex;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};

use mitta_store::Reader;
use rstest::rstest;
use serde_json::{Value, json as object};
use tempfile::TempDir;
use uuid::Uuid;

use super::*;
use crate::api::{AccountErrorCode as Code, Commands as _, NoArgs, SyncWord};
use crate::round::tests::folder::{Device, NOW};
use crate::testing::{Request, Server, json, meta};
use crate::token::tests::Memory;

const PERSON: u128 = 0x9e00;
/// The clock of the boot, as long as a test lasts.
const BOOT_MS: u64 = 5_000;

/// A server with an account, whose feed is empty; it takes every push.
fn server() -> Server {
    server_of(0x5e00, PERSON)
}

fn server_of(server_id: u128, person_id: u128) -> Server {
    Server::new(move |request| answer(request, server_id, person_id))
}

fn answer(request: &Request, server_id: u128, person_id: u128) -> Vec<u8> {
    let path = request.line.split('?').next().unwrap_or_default();
    let signed_in = object!({
        "person_id": Uuid::from_u128(person_id), "login": "kei", "display_name": "Kei",
        "token": "s3cret", "expires_at_ms": 0, "recovery_code": "ABCD",
    });
    match path {
        "GET /v1/meta" => json(200, &meta(server_id)),
        "POST /v1/accounts" | "POST /v1/sign-in" | "POST /v1/recover" => json(200, &signed_in),
        "POST /v1/push" => json(200, &push(server_id, person_id, request)),
        "GET /v1/pull" => json(200, &pull(server_id, person_id)),
        _ => json(200, &object!({})),
    }
}

fn push(server_id: u128, person_id: u128, request: &Request) -> Value {
    let body: Value = serde_json::from_slice(&request.body).unwrap();
    let outcome = |op: &Value| object!({"op_id": op["op_id"], "outcome": "applied"});
    let outcomes: Vec<_> = body["ops"]
        .as_array()
        .unwrap()
        .iter()
        .map(outcome)
        .collect();
    object!({
        "server_id": Uuid::from_u128(server_id), "epoch": "1-a-1", "server_time_ms": NOW,
        "person_id": Uuid::from_u128(person_id), "outcomes": outcomes, "sessions": [],
    })
}

fn pull(server_id: u128, person_id: u128) -> Value {
    object!({
        "server_id": Uuid::from_u128(server_id), "epoch": "1-a-1", "server_time_ms": NOW,
        "person_id": Uuid::from_u128(person_id), "share_id": Uuid::from_u128(person_id),
        "head_seq": 0, "changes": [], "next_after": 0, "complete": true,
        "shares": [], "partnerships": [],
    })
}

/// A folder and an engine on it.
struct Home {
    folder: TempDir,
    updates: Arc<Mutex<Vec<SyncView>>>,
    engine: SyncEngine,
}

fn home(in_background: bool, keyring: Arc<dyn Keyring>) -> Home {
    let folder = tempfile::tempdir().unwrap();
    let updates: Arc<Mutex<Vec<SyncView>>> = Arc::default();
    let engine = engine(&folder, in_background, keyring, &updates);
    Home {
        folder,
        updates,
        engine,
    }
}

fn engine(
    folder: &TempDir,
    in_background: bool,
    keyring: Arc<dyn Keyring>,
    updates: &Arc<Mutex<Vec<SyncView>>>,
) -> SyncEngine {
    let told = Arc::clone(updates);
    let random = AtomicU64::new(1);
    let config = Config {
        dir: DataDir::new(folder.path().join("mitta")),
        new_device_id: DeviceId::from_uuid(Uuid::from_u128(0xd001)),
        now: Arc::new(|| NOW),
        boot_ms: Arc::new(|| BOOT_MS),
        boot_id: "boot".into(),
        random: Arc::new(move || random.fetch_add(1, Ordering::Relaxed)),
        keyring,
        on_update: Box::new(move |view| told.lock().unwrap().push(view)),
        on_history_changed: Box::new(|| {}),
        on_together: Box::new(|| {}),
        in_background,
        is_checked: false,
    };
    SyncEngine::start(config).unwrap()
}

impl Home {
    fn new() -> Self {
        home(false, Arc::new(Memory::default()))
    }

    /// One sit in the folder.
    fn sit(&self) {
        Device::at(self.folder.path().join("mitta"), 1).sit(1);
    }

    fn sign_in(&self, server: &Server) -> Result<SignedInView, AccountError> {
        self.engine.sign_in(SignInArgs {
            server_url: server.url(),
            login: "kei".into(),
            password: "s3cret password".into(),
            device_name: String::new(),
            token_in_file: false,
        })
    }

    fn word(&self) -> SyncWord {
        self.engine.sync_view(NoArgs {}).unwrap().word
    }
}

#[track_caller]
fn code<T>(result: Result<T, AccountError>) -> Code {
    match result {
        Ok(_) => panic!("it went well"),
        Err(error) => error.code,
    }
}

#[test]
fn without_an_account_there_is_no_folder_and_no_network() {
    let home = home(true, Arc::new(Memory::default()));
    assert_eq!(home.word(), SyncWord::NoAccount);
    assert_eq!(code(home.engine.sync_now(NoArgs {})), Code::NoAccount);
    assert_eq!(code(home.engine.devices(NoArgs {})), Code::NoAccount);
    home.engine.nudge();
    home.engine.want_live(true);
    home.engine.stop();
}

#[test]
fn an_empty_history_is_not_asked_about() {
    let (home, server) = (Home::new(), server());
    let signed_in = home.sign_in(&server).unwrap();
    assert_eq!(signed_in.recovery_code.as_deref(), Some("ABCD"));
    let account = signed_in.sync.account.unwrap();
    assert_eq!(
        (account.login.as_str(), account.token_in_file),
        ("kei", false)
    );
    let view = home.engine.sync_now(NoArgs {}).unwrap();
    assert_eq!(
        (view.word, view.last_success_ms),
        (SyncWord::UpToDate, Some(NOW))
    );
    assert_eq!(view.clock_offset_ms, Some(0));
}

/// I10: the history leaves the folder only after the person said so.
#[rstest]
#[case(true, SyncWord::UpToDate)]
#[case(false, SyncWord::NoAccount)]
fn nothing_is_sent_or_fetched_before_the_history_was_claimed(
    #[case] add: bool,
    #[case] word: SyncWord,
) {
    let (home, server) = (Home::new(), server());
    home.sit();
    let view = home.sign_in(&server).unwrap().sync;
    assert_eq!((view.word, view.local_sits), (SyncWord::ClaimAsked, 1));
    home.engine.sync_now(NoArgs {}).unwrap();
    assert_eq!(server.lines(), ["GET /v1/meta", "POST /v1/sign-in"]);
    home.engine.claim(ClaimArgs { add }).unwrap();
    if add {
        home.engine.sync_now(NoArgs {}).unwrap();
    }
    assert_eq!(home.word(), word);
    let lines = server.lines();
    assert_eq!(
        lines.iter().any(|line| line == "POST /v1/push"),
        add,
        "{lines:?}"
    );
    let reader = Reader::open(&DataDir::new(home.folder.path().join("mitta"))).unwrap();
    assert_eq!(reader.all_total().unwrap().unwrap().sits, 1);
    assert_eq!(reader.sync_counts().unwrap().waiting, u64::from(!add));
}

#[test]
fn a_server_that_is_away_is_told_and_keeps_what_waits() {
    let is_away = Arc::new(AtomicBool::new(false));
    let goes = Arc::clone(&is_away);
    let server = Server::new(move |request| {
        if is_away.load(Ordering::SeqCst) {
            // Cut without a word.
            return Vec::new();
        }
        answer(request, 0x5e00, PERSON)
    });
    let home = Home::new();
    home.sign_in(&server).unwrap();
    home.sit();
    goes.store(true, Ordering::SeqCst);
    let view = home.engine.sync_now(NoArgs {}).unwrap();
    assert_eq!((view.word, view.waiting), (SyncWord::Offline, 1));
    assert_eq!(view.offline_since_ms, Some(NOW));
    assert_eq!(view.problem.unwrap().code, Code::Offline);
}

#[test]
fn a_change_is_sent_by_itself_and_told() {
    let (home, server) = (home(true, Arc::new(Memory::default())), server());
    home.sign_in(&server).unwrap();
    home.engine.sync_now(NoArgs {}).unwrap();
    home.sit();
    home.engine.nudge();
    // Whatever is asked after the nudge is answered after it was seen to.
    home.engine.sync_now(NoArgs {}).unwrap();
    assert!(server.lines().iter().any(|line| line == "POST /v1/push"));
    assert_eq!(home.word(), SyncWord::UpToDate);
    let updates = home.updates.lock().unwrap();
    assert!(updates.iter().any(|view| view.word == SyncWord::Syncing));
}

#[rstest]
#[case("http://mitta.example.org", Code::InsecureAddress)]
#[case("not an address", Code::InvalidAddress)]
fn an_address_that_is_none_is_refused_unasked(#[case] server_url: &str, #[case] expected: Code) {
    let server_url = server_url.to_owned();
    let home = Home::new();
    assert_eq!(
        code(home.engine.check_server(CheckServerArgs { server_url })),
        expected
    );
}

#[test]
fn stopping_does_not_wait_for_a_server_that_never_answers() {
    let silent = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let server_url = format!("http://{}", silent.local_addr().unwrap());
    let home = Home::new();
    let engine = home.engine;
    std::thread::scope(|scope| {
        let (asked, heard) = mpsc::sync_channel(1);
        let inbox = engine.inbox.clone();
        scope.spawn(move || {
            let (reply, answer) = mpsc::sync_channel(1);
            let ask = Ask::CheckServer(CheckServerArgs { server_url }, reply);
            inbox.send(Message::Ask(ask)).map_err(drop).unwrap();
            asked.send(()).unwrap();
            // Stopped: there is no answer.
            assert!(answer.recv().is_err());
        });
        heard.recv().unwrap();
        let _connection = silent.accept().unwrap();
        engine.stop();
    });
}
