//! The live stream, followed by a task of its own that ends with it; and the network, watched.

use mitta_protocol::live::LiveEvent;
use tokio::sync::mpsc::UnboundedSender;
use tokio::task::JoinHandle;

use super::Message;
use crate::http::HttpRemote;
use crate::remote::RemoteError;

/// What came of the live stream.
#[derive(Debug)]
pub(super) enum Told {
    /// It is open.
    Opened,
    /// An event.
    Event(LiveEvent),
    /// It ended.
    Ended(RemoteError),
}

/// Follows the live stream until it ends or the handle is aborted.
pub(super) fn follow(remote: HttpRemote, inbox: UnboundedSender<Message>) -> JoinHandle<()> {
    tokio::spawn(async move {
        let tell = |told| inbox.send(Message::Live(told)).is_ok();
        let mut stream = match remote.live().await {
            Ok(stream) => stream,
            Err(error) => {
                tell(Told::Ended(error));
                return;
            }
        };
        let mut is_heard = tell(Told::Opened);
        while is_heard {
            is_heard = match stream.next().await {
                Ok(event) => tell(Told::Event(event)),
                Err(error) => {
                    tell(Told::Ended(error));
                    false
                }
            };
        }
    })
}

/// Watches the network until it is dropped; without it, only time wakes a sync that failed.
pub(super) fn watch_network(inbox: UnboundedSender<Message>) -> Option<netwatcher::WatchHandle> {
    let mut is_first = true;
    let watched = netwatcher::watch_interfaces_with_callback(move |update| {
        // What is there at the beginning is no change.
        let is_change = !std::mem::take(&mut is_first) && update.addrs_added().next().is_some();
        if is_change {
            let _ = inbox.send(Message::Network);
        }
    });
    watched
        .inspect_err(|error| tracing::warn!(?error, "the network cannot be watched"))
        .ok()
}
