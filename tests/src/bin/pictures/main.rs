//! Pictures of the real window for the README: each screen, by day and by night, wide and narrow
//! (`cargo xtask pictures`). To be looked at: `pictures FOLDER de` takes those of the screens that need
//! no server in German, `pictures FOLDER en together` those of one album.
//!
//! An album is a person's home and a desktop of its own; each file beside `album.rs` fills one.

mod account;
mod afterwards;
mod album;
mod during;
mod habits;
mod past;
mod together;

use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Result, ensure};
use mitta_domain::settings::Theme;

use album::Album;

const THEMES: [(&str, Theme); 2] = [("light", Theme::Light), ("dark", Theme::Dark)];

/// Its name, what fills it, and whether what that waits for is said in English.
type Filled = (&'static str, fn(Album) -> Result<()>, bool);
const ALBUMS: [Filled; 5] = [
    ("during", during::take, false),
    ("afterwards", afterwards::take, false),
    ("habits", habits::take, false),
    ("account", account::take, true),
    ("together", together::take, true),
];

const PASSWORD: &str = "a long enough password";

fn main() -> Result<()> {
    let mut args = std::env::args_os().skip(1);
    let committed = Path::new(env!("CARGO_MANIFEST_DIR")).join("../docs/pictures");
    let folder = args.next().map_or(committed, PathBuf::from);
    let is_german = args.next().is_some_and(|language| language == "de");
    let named: Vec<_> = args.collect();
    for name in &named {
        let is_one = ALBUMS.iter().any(|(album, ..)| name == album);
        ensure!(is_one, "no album is called {}", name.display());
    }
    fs::create_dir_all(&folder)?;
    for (theme_name, theme) in THEMES {
        for (name, take, in_english) in ALBUMS {
            let is_wanted = named.is_empty() || named.iter().any(|it| it == name);
            if is_wanted && !(in_english && is_german) {
                take(Album::open(&folder, theme_name, theme, is_german)?)?;
            }
        }
    }
    Ok(())
}
