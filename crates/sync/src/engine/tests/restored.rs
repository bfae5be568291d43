//! A copy is restored beside the engine, by a window or a terminal.

use std::ops::ControlFlow;

use mitta_store::Opening;
use mitta_store::copies::{self, Staged};

use super::*;

#[test]
fn a_restored_folder_signs_in_anew_and_the_old_sign_in_is_gone() {
    let (home, server) = (Home::new(), server());
    let sign_in = || SignInArgs {
        server_url: server.url(),
        login: "kei".into(),
        password: "s3cret password".into(),
        device_name: String::new(),
        token_in_file: true,
    };
    home.engine.sign_in(sign_in()).unwrap();
    home.engine.sync_now(NoArgs {}).unwrap();
    let dir = DataDir::new(home.folder.path().join("mitta"));
    let token = dir.path().join("token");
    assert!(token.exists());

    let copy = home.folder.path().join("copy.sqlite3");
    let go_on = |_| ControlFlow::Continue(());
    copies::back_up(&dir, &copy, false, &mut { go_on }).unwrap();
    home.sit();
    let device_id = DeviceId::from_uuid(Uuid::from_u128(0xd002));
    let staged = Staged::of(&dir, &copy).unwrap();
    staged
        .restore(&dir, Opening::new(NOW, device_id), &mut { go_on })
        .unwrap();
    home.engine.nudge();
    // What is asked next is answered after the nudge.
    assert_eq!(code(home.engine.devices(NoArgs {})), Code::SignInNeeded);
    assert!(!token.exists());
    assert_eq!(home.word(), SyncWord::SignInNeeded);

    home.engine.sign_in(sign_in()).unwrap();
    let view = home.engine.sync_now(NoArgs {}).unwrap();
    assert_eq!((view.word, view.waiting), (SyncWord::UpToDate, 0));
    assert!(token.exists());
    let requests = server.requests.lock().unwrap();
    let mut sign_ins = requests
        .iter()
        .filter(|it| it.line.starts_with("POST /v1/sign-in"));
    let intro = String::from_utf8_lossy(&sign_ins.next_back().unwrap().body);
    assert!(intro.contains(&device_id.to_string()), "{intro}");
}
