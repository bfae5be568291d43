//! Two processes of one folder, of which one changes the account: nothing that was begun for one person
//! goes on for another (I10), and the other process notices.

use mitta_store::SyncLock;

use super::*;

/// A server whose sign-ins are `name-1`, `name-2` and so on; only the newest is valid.
fn one_at_a_time(name: &'static str, server_id: u128, person_id: u128) -> Server {
    let newest = AtomicU64::new(0);
    Server::new(move |request| {
        let signed_in = || {
            let nth = newest.fetch_add(1, Ordering::SeqCst) + 1;
            object!({
                "person_id": Uuid::from_u128(person_id), "login": name, "display_name": name,
                "token": format!("{name}-{nth}"), "expires_at_ms": 0,
            })
        };
        let valid = format!("Bearer {name}-{}", newest.load(Ordering::SeqCst));
        let is_valid = request.header("authorization") == Some(valid.as_str());
        match request.line.split('?').next().unwrap_or_default() {
            "GET /v1/meta" => json(200, &meta(server_id)),
            "POST /v1/sign-in" => json(200, &signed_in()),
            _ if !is_valid => json(401, &object!({"code": "sign_in_needed", "message": "no"})),
            "POST /v1/push" => json(200, &push(server_id, person_id, request)),
            "GET /v1/pull" => json(200, &pull(server_id, person_id)),
            _ => json(200, &object!({})),
        }
    })
}

fn other_process(home: &Home, keyring: &Arc<Memory>) -> SyncEngine {
    engine(
        &home.folder,
        false,
        Arc::clone(keyring) as Arc<dyn Keyring>,
        &Arc::default(),
    )
}

fn sign_in(
    engine: &SyncEngine,
    server: &Server,
    token_in_file: bool,
) -> Result<SignedInView, AccountError> {
    engine.sign_in(SignInArgs {
        server_url: server.url(),
        login: "kei".into(),
        password: "s3cret password".into(),
        device_name: String::new(),
        token_in_file,
    })
}

fn tokens_seen(server: &Server) -> Vec<String> {
    let requests = server.requests.lock().unwrap();
    let tokens = requests.iter().filter_map(|r| r.header("authorization"));
    let mut tokens: Vec<_> = tokens.map(str::to_owned).collect();
    tokens.dedup();
    tokens
}

#[rstest]
fn a_sign_in_that_was_made_elsewhere_meanwhile_is_used_and_not_ended(
    #[values(true, false)] in_file: bool,
) {
    let keyring = Arc::new(Memory::default());
    let home = home(false, Arc::clone(&keyring) as Arc<dyn Keyring>);
    let server = one_at_a_time("anna", 1, PERSON);
    sign_in(&home.engine, &server, in_file).unwrap();
    home.engine.sync_now(NoArgs {}).unwrap();
    sign_in(&other_process(&home, &keyring), &server, in_file).unwrap();
    home.sit();
    let view = home.engine.sync_now(NoArgs {}).unwrap();
    assert_eq!((view.word, view.waiting), (SyncWord::UpToDate, 0));
    assert!(view.account.unwrap().is_signed_in);
    assert_eq!(tokens_seen(&server), ["Bearer anna-1", "Bearer anna-2"]);
}

#[rstest]
fn whoever_had_the_folder_before_is_not_known_to_the_next_ones_server(
    #[values(1, 2)] server_id: u128,
    #[values(true, false)] in_file: bool,
) {
    let keyring = Arc::new(Memory::default());
    let home = home(false, Arc::clone(&keyring) as Arc<dyn Keyring>);
    let annas = one_at_a_time("anna", 1, 0xa);
    sign_in(&home.engine, &annas, in_file).unwrap();
    home.engine.sync_now(NoArgs {}).unwrap();
    let bens = one_at_a_time("ben", server_id, 0xb);
    let terminal = other_process(&home, &keyring);
    terminal.leave_server(NoArgs {}).unwrap();
    let asked_of_anna = annas.lines().len();
    sign_in(&terminal, &bens, in_file).unwrap();
    home.sit();
    let view = home.engine.sync_now(NoArgs {}).unwrap();
    assert_eq!((view.word, view.waiting), (SyncWord::UpToDate, 0));
    assert_eq!(tokens_seen(&bens), ["Bearer ben-1"]);
    assert_eq!(annas.lines().len(), asked_of_anna);
}

/// A person who may not have the folder leaves the sign-in of the one who has it as it is.
#[rstest]
fn a_sign_in_that_is_refused_here_takes_no_others_place(#[values(true, false)] in_file: bool) {
    let keyring = Arc::new(Memory::default());
    let home = home(false, Arc::clone(&keyring) as Arc<dyn Keyring>);
    let (annas, bens) = (one_at_a_time("anna", 1, 0xa), one_at_a_time("ben", 1, 0xb));
    sign_in(&home.engine, &annas, in_file).unwrap();
    assert_eq!(
        code(sign_in(&home.engine, &bens, in_file)),
        Code::OtherPerson
    );
    let view = other_process(&home, &keyring).sync_now(NoArgs {}).unwrap();
    assert_eq!(view.word, SyncWord::UpToDate);
}

/// A keyring that takes a probe and nothing else.
struct Full;

impl Keyring for Full {
    fn set(&self, name: &str, _: &str) -> Result<(), String> {
        let is_probe = name.starts_with("probe");
        is_probe
            .then_some(())
            .ok_or_else(|| "it is full".to_owned())
    }

    fn get(&self, _: &str) -> Result<Option<String>, String> {
        Ok(None)
    }

    fn delete(&self, _: &str) -> Result<(), String> {
        Ok(())
    }
}

#[test]
fn a_sign_in_that_cannot_be_kept_leaves_the_folder_as_it_was() {
    let (home, server) = (home(false, Arc::new(Full)), server());
    assert_eq!(code(home.sign_in(&server)), Code::KeyringUnavailable);
    assert_eq!(home.word(), SyncWord::NoAccount);
    assert_eq!(server.lines().last().unwrap(), "POST /v1/sign-out");
}

#[test]
fn while_another_process_syncs_nobody_changes_the_account_or_claims_to_have_synced() {
    let (home, server) = (Home::new(), server());
    home.sign_in(&server).unwrap();
    let dir = DataDir::new(home.folder.path().join("mitta"));
    let turn = SyncLock::try_take(&dir).unwrap().unwrap();
    let asked = server.lines();
    assert_eq!(code(home.engine.sign_out(NoArgs {})), Code::OtherProgram);
    assert_eq!(
        code(home.engine.leave_server(NoArgs {})),
        Code::OtherProgram
    );
    assert_eq!(
        code(home.engine.claim(ClaimArgs { add: true })),
        Code::OtherProgram
    );
    assert_eq!(code(home.sign_in(&server)), Code::OtherProgram);
    let password = || PasswordArgs {
        password: String::new(),
    };
    assert_eq!(
        code(home.engine.erase_account(password())),
        Code::OtherProgram
    );
    assert_eq!(code(home.engine.sync_now(NoArgs {})), Code::OtherProgram);
    assert_eq!(server.lines(), asked);
    drop(turn);
    let view = home.engine.sync_now(NoArgs {}).unwrap();
    assert_eq!(view.word, SyncWord::UpToDate);
}

/// A background engine that tells its words and changes.
fn told(folder: &TempDir, keyring: &Arc<Memory>) -> (SyncEngine, mpsc::Receiver<Option<SyncWord>>) {
    let (tell, told) = mpsc::channel();
    let changed = tell.clone();
    let config = Config {
        dir: DataDir::new(folder.path().join("mitta")),
        new_device_id: DeviceId::from_uuid(Uuid::from_u128(0xd001)),
        now: Arc::new(|| NOW),
        boot_ms: Arc::new(|| BOOT_MS),
        boot_id: "boot".into(),
        random: Arc::new(|| 7),
        keyring: Arc::clone(keyring) as Arc<dyn Keyring>,
        on_update: Box::new(move |view| _ = tell.send(Some(view.word))),
        on_history_changed: Box::new(move || _ = changed.send(None)),
        on_together: Box::new(|| {}),
        in_background: true,
        is_checked: false,
    };
    (SyncEngine::start(config).unwrap(), told)
}

#[track_caller]
fn wait_for(told: &mpsc::Receiver<Option<SyncWord>>, wanted: Option<SyncWord>) {
    let bound = Duration::from_secs(20);
    while told.recv_timeout(bound).unwrap() != wanted {}
}

#[test]
fn an_account_that_was_made_or_left_elsewhere_is_noticed_with_the_next_nudge() {
    let keyring = Arc::new(Memory::default());
    let folder = tempfile::tempdir().unwrap();
    let (desktop, words) = told(&folder, &keyring);
    wait_for(&words, Some(SyncWord::NoAccount));
    let server = server();
    let (terminal, of_terminal) = told(&folder, &keyring);
    sign_in(&terminal, &server, false).unwrap();
    // What a window of the other process is told by.
    wait_for(&of_terminal, None);
    terminal.stop();
    desktop.nudge();
    wait_for(&words, Some(SyncWord::UpToDate));
    let terminal = engine(&folder, false, keyring, &Arc::default());
    // The round that told it may be at its end still; whoever leaves waits for that.
    let left = (0..100).find_map(|_| match terminal.leave_server(NoArgs {}) {
        Err(error) if error.code == Code::OtherProgram => None,
        done => Some(done),
    });
    left.unwrap().unwrap();
    desktop.nudge();
    wait_for(&words, Some(SyncWord::NoAccount));
}

#[test]
fn what_a_round_stored_before_a_command_ended_it_is_shown() {
    let (asked, hear) = mpsc::channel();
    let asked = Mutex::new(asked);
    let server = Server::new(
        move |request| match request.line.split('?').next().unwrap() {
            "GET /v1/meta" => json(200, &meta(0x5e00)),
            "POST /v1/sign-in" => json(
                200,
                &object!({
                    "person_id": Uuid::from_u128(PERSON), "login": "kei", "display_name": "Kei",
                    "token": "s3cret", "expires_at_ms": 0,
                }),
            ),
            _ => {
                asked.lock().unwrap().send(()).unwrap();
                std::thread::park();
                Vec::new()
            }
        },
    );
    let (desktop, words) = told(&tempfile::tempdir().unwrap(), &Arc::new(Memory::default()));
    sign_in(&desktop, &server, false).unwrap();
    hear.recv().unwrap();
    while words.try_recv().is_ok() {}
    desktop.cancel_sync(NoArgs {}).unwrap();
    wait_for(&words, None);
}
