//! A sit.

use anyhow::Result;
use mitta_tests::desktop::seed::CutOff;

use super::album::Album;

/// A sit of 20 minutes, after eleven of them.
pub fn take(mut album: Album) -> Result<()> {
    album.seed(Some(CutOff {
        planned_s: Some(1200),
        interval_bells: 3,
        sat_s: 702,
        seen_s_ago: 1,
    }))?;
    album.desktop.launch()?;
    album.desktop.wait_for_phase("sitting")?;
    album.take("sitting")?;
    album.desktop.click("pause")?;
    album.desktop.wait_for_phase("paused")?;
    album.take("paused")
}
