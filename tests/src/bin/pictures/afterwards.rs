//! After a sit, and the screens of somebody who has no account.

use anyhow::Result;
use mitta_tests::desktop::seed::CutOff;

use super::album::Album;

/// A sit that ends now, and the other screens.
pub fn take(mut album: Album) -> Result<()> {
    album.seed(Some(CutOff {
        planned_s: Some(1200),
        interval_bells: 3,
        sat_s: 1193,
        seen_s_ago: 1,
    }))?;
    album.desktop.launch()?;
    album.desktop.wait_for("recorded")?;
    album
        .desktop
        .fill("note", "Rain on the roof, and then none.")?;
    album.take("after")?;
    album.desktop.click("done")?;
    album.desktop.wait_for_screen("sit")?;
    album.take("sit")?;
    album.desktop.click("nav-history")?;
    album.desktop.wait_for("sit-row")?;
    album.take("history")?;
    album.desktop.click("history-view-statistics")?;
    album.desktop.wait_for("stats-weeks-picture")?;
    album.take("statistics")?;
    album.desktop.click("nav-settings")?;
    album.desktop.wait_for("theme")?;
    album.take("settings")
}
