//! Keys that another program has grabbed through `XInput2` (X Input Extension 2, `XIPassiveGrabDevice`).
//!
//! The display sees no conflict between such a grab and one of `GrabKey`; it hands the keys to the
//! former. So they are grabbed the same way for a moment, to be told whether somebody has them.

use x11rb::connection::RequestConnection as _;
use x11rb::errors::ReplyError;
use x11rb::protocol::xinput::{
    ConnectionExt as _, Device, GrabMode22, GrabOwner, GrabType, X11_EXTENSION_NAME,
};
use x11rb::protocol::xproto::{GrabMode, Keycode, ModMask};
use x11rb::rust_connection::RustConnection;

/// Whether another program has the key with any of these held; of a display without `XInput2`, no.
///
/// # Errors
/// What the display says.
pub(super) fn is_taken(
    connection: &RustConnection,
    root: u32,
    keycode: Keycode,
    held: [ModMask; 4],
) -> Result<bool, ReplyError> {
    if connection
        .extension_information(X11_EXTENSION_NAME)?
        .is_none()
    {
        return Ok(false);
    }
    if connection
        .xinput_xi_query_version(2, 2)?
        .reply()?
        .major_version
        < 2
    {
        return Ok(false);
    }
    let (key, all) = (u32::from(keycode), Device::ALL_MASTER);
    let held = held.map(|held| u32::from(u16::from(held)));
    let grabbed = connection
        .xinput_xi_passive_grab_device(
            x11rb::CURRENT_TIME,
            root,
            x11rb::NONE,
            key,
            all,
            GrabType::KEYCODE,
            GrabMode22::ASYNC,
            GrabMode::ASYNC,
            GrabOwner::NO_OWNER,
            &[],
            &held,
        )?
        .reply()?;
    // Of those that somebody has there is nothing to let go.
    connection
        .xinput_xi_passive_ungrab_device(root, key, all, GrabType::KEYCODE, &held)?
        .check()?;
    // The status is meant to be AlreadyGrabbed; Xorg gives another. Each is a refusal.
    let refused = grabbed.modifiers;
    if !refused.is_empty() {
        tracing::debug!(?refused, "grabbed through XInput2 by another");
    }
    Ok(!refused.is_empty())
}
