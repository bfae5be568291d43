//! Through `PgBouncer` in transaction mode, which gives each transaction another connection: pushing and
//! pulling need nothing that outlives a transaction.

use std::io::Write as _;
use std::os::unix::process::CommandExt as _;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use tokio::net::TcpStream;

use crate::harness::{LOGIN, PASSWORD, TestServer, connect, database, serve_args, server_url};
use crate::world::{Held, World, date, note, op, outcomes, sat};

/// A `PgBouncer` that ends with this.
struct Bouncer {
    child: Child,
    port: u16,
    _folder: tempfile::TempDir,
}

impl Drop for Bouncer {
    fn drop(&mut self) {
        // It may have ended already.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// Who owns a file of Postgres: it and `PgBouncer` refuse to run as root.
fn postgres_user() -> Option<(u32, u32)> {
    use std::os::unix::fs::MetadataExt as _;
    let is_root = std::fs::metadata("/proc/self").is_ok_and(|it| it.uid() == 0);
    let id = |flag: &str| {
        let output = Command::new("id").args([flag, "postgres"]).output().ok()?;
        String::from_utf8(output.stdout).ok()?.trim().parse().ok()
    };
    is_root.then(|| Some((id("-u")?, id("-g")?))).flatten()
}

impl Bouncer {
    /// In front of the Postgres at this address, with two connections to it.
    async fn start(address: &str) -> Self {
        let (host, postgres_port) = address.rsplit_once(':').expect("a port");
        let free = std::net::TcpListener::bind("127.0.0.1:0").expect("a port");
        let port = free.local_addr().expect("an address").port();
        drop(free);
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path();
        let settings = format!(
            "[databases]\n* = host={host} port={postgres_port}\n[pgbouncer]\nlisten_addr = 127.0.0.1\n\
             listen_port = {port}\nunix_socket_dir =\nauth_type = plain\nauth_file = {users}\n\
             pool_mode = transaction\ndefault_pool_size = 2\nmax_client_conn = 50\n\
             ignore_startup_parameters = extra_float_digits\n",
            users = path.join("users.txt").display(),
        );
        write(&path.join("pgbouncer.ini"), &settings);
        write(
            &path.join("users.txt"),
            &format!("\"{LOGIN}\" \"{PASSWORD}\"\n"),
        );
        let mut command = Command::new("pgbouncer");
        command.arg("-q").arg(path.join("pgbouncer.ini"));
        command.env("PATH", "/usr/sbin:/usr/bin:/sbin:/bin");
        if let Some((uid, gid)) = postgres_user() {
            for file in [
                path.to_path_buf(),
                path.join("pgbouncer.ini"),
                path.join("users.txt"),
            ] {
                std::os::unix::fs::chown(&file, Some(uid), Some(gid)).expect("gives it away");
            }
            command.uid(uid).gid(gid);
        }
        let quiet = command
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::null());
        let child = quiet.spawn().expect("the package pgbouncer is installed");
        let mut bouncer = Self {
            child,
            port,
            _folder: folder,
        };
        bouncer.listens().await;
        bouncer
    }

    async fn listens(&mut self) {
        for _ in 0..400 {
            if TcpStream::connect(("127.0.0.1", self.port)).await.is_ok() {
                return;
            }
            let ended = self.child.try_wait().expect("asks");
            assert!(ended.is_none(), "pgbouncer ended: {ended:?}");
            tokio::time::sleep(Duration::from_millis(25)).await;
        }
        panic!("pgbouncer does not listen");
    }
}

fn write(path: &Path, text: &str) {
    let mut file = std::fs::File::create(path).expect("a file");
    file.write_all(text.as_bytes()).expect("writes");
}

#[tokio::test]
async fn push_and_pull_work_through_pgbouncer_in_transaction_mode() {
    let database = database().await;
    let direct = server_url(&database);
    let (_, after_login) = direct.rsplit_once('@').expect("a login");
    let (address, _) = after_login.split_once('/').expect("a database");
    let bouncer = Bouncer::start(address).await;
    let through = direct.replace(address, &format!("127.0.0.1:{}", bouncer.port));
    let args = serve_args(&through, &["--pool-size", "6"]);
    let mut server = TestServer::over(&args, mitta_server::http::routes()).await;
    let admin = connect(&database.admin_url()).await;
    server.database = Some(database);
    let world = World { server, admin };

    let (me, partner) = (world.person(1).await, world.person(2).await);
    let share = world.partnership(1, &[me, partner], date(0)).await[0];
    // More clients than connections: each transaction of a person gets whichever is free.
    let pushes = (1..=12).map(|n| {
        let world = &world;
        async move {
            let by = if n % 2 == 0 { me } else { partner };
            let ops = [
                op(n.into(), n, sat(60)),
                op(100 + u64::from(n), n, note("a")),
            ];
            outcomes(&world.push(by, &ops).await)
        }
    });
    for said in futures_util::future::join_all(pushes).await {
        assert_eq!(said, ["applied", "applied"]);
    }
    let (mut own, mut shared) = (Held::default(), Held::default());
    world.read(partner, None, 4, &mut own).await;
    world.read(partner, Some(share), 4, &mut shared).await;
    assert_eq!((own.own.len(), shared.shared.len()), (6, 6));
    let not_mine = own.own.keys().filter(|id| shared.shared.contains_key(id));
    assert_eq!(not_mine.count(), 0, "nobody was mistaken for another");
    drop(world);
    drop(bouncer);
}
