//! The account in the real window, with the real server in front of a real Postgres: from nothing to
//! an account and back, and what sync never does to a sit or to the history (I3, I5, I9, I10).

mod beside;
mod made;
mod refused;

use std::fs::File;
use std::io::{Seek as _, Write as _};
use std::path::Path;

use anyhow::{Result, ensure};
use mitta_tests::desktop::TestDesktop;
use mitta_tests::desktop::processes::{Socket, sockets};
use mitta_tests::devices::place;
use mitta_tests::server::TestServer;

use super::{begin, rows};

const PASSWORD: &str = "a long enough password";

/// Waits until the window says this of sync, at its edge.
fn wait_for_word(desktop: &TestDesktop, word: &str) -> Result<()> {
    desktop.wait(&format!("sync: {word}"), |it| {
        Ok(it.text("sync-word")?.ends_with(word))
    })
}

/// What the server has of everybody's sits: id, state and credited seconds, oldest first.
fn on_server(server: &TestServer) -> Result<Vec<(String, String, Option<i32>)>> {
    let sql = "SELECT session_id::text, state, credited_s FROM mitta.sessions \
               WHERE NOT deleted ORDER BY started_at_ms, session_id";
    let rows = server.rows(sql, &[])?;
    rows.iter()
        .map(|row| Ok((row.try_get(0)?, row.try_get(1)?, row.try_get(2)?)))
        .collect()
}

/// The same of this window's data folder.
fn here(desktop: &TestDesktop) -> Result<Vec<(String, String, Option<i32>)>> {
    let rows = rows(desktop)?.into_iter().filter(|it| !it.deleted);
    rows.map(|row| {
        let credited_s = row.credited_s.map(i32::try_from).transpose()?;
        Ok((row.session_id, row.state, credited_s))
    })
    .collect()
}

/// The app's sockets, but for the port through which its driver looks into it, from both sides.
fn connections(desktop: &TestDesktop) -> Result<Vec<Socket>> {
    let mut open = sockets(desktop.pid()?)?;
    let listening = open.iter().filter(|it| it.is_listening);
    let watched: Vec<u16> = listening.map(|it| it.port).collect();
    open.retain(|it| !watched.contains(&it.port) && !watched.contains(&it.peer_port));
    Ok(open)
}

/// Whether the app has a connection to the server.
fn is_connected(desktop: &TestDesktop, server: &TestServer) -> Result<bool> {
    let open = connections(desktop)?;
    Ok(open.iter().any(|it| it.peer_port == server.port()))
}

/// Sits for a second in the window, and goes back to the first screen.
fn sit_a_second(desktop: &TestDesktop) -> Result<String> {
    let session_id = begin(desktop, "1s")?;
    desktop.wait_for("recorded")?;
    desktop.click("done")?;
    desktop.wait_for_screen("sit")?;
    Ok(session_id)
}

/// Signs up in a terminal, before the window is opened on the same folder.
fn sign_up(desktop: &TestDesktop, server: &TestServer) -> Result<()> {
    let url = server.url();
    let done = desktop
        .command("mitta")?
        .arg("--json")
        .args(place("sign-up", &url, "anna"))
        .args(["--name", "Anna"])
        .stdin(line(PASSWORD)?)
        .status()?;
    ensure!(done.success(), "mitta account sign-up: {done}");
    Ok(())
}

/// A file with one line in it, to be read from its beginning.
fn line(text: &str) -> Result<File> {
    let mut file = tempfile::tempfile()?;
    writeln!(file, "{text}")?;
    file.rewind()?;
    Ok(file)
}

/// Whether nobody but its owner can read a file.
fn is_private(path: &Path) -> Result<bool> {
    let mode = std::os::unix::fs::PermissionsExt::mode(&std::fs::metadata(path)?.permissions());
    let owners = 0o700;
    Ok(mode & 0o777 & !owners == 0)
}
