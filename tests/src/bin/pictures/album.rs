//! One home with a past and a window on it, and how a picture of the window is taken.

use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context as _, Result};
use mitta_domain::settings::{Language, Theme};
use mitta_domain::{IntervalBells, Seconds};
use mitta_tests::desktop::TestDesktop;
use mitta_tests::desktop::host::Host;
use mitta_tests::desktop::screen::Screen;
use mitta_tests::desktop::seed::CutOff;
use mitta_tests::server::TestServer;
use mitta_tests::sound::PulseSink;
use mitta_tests::wait::{SOON, until};

use super::past;

/// Name, width and height in pixels; the name is added to the file's.
const SIZES: [(&str, u32, u32); 2] = [("", 900, 620), ("-narrow", 360, 640)];

/// One home with a past, and a desktop that lacks nothing.
pub struct Album {
    pub desktop: TestDesktop,
    folder: PathBuf,
    name: &'static str,
    theme: Theme,
    is_german: bool,
    _sound: PulseSink,
    _host: Host,
}

impl Album {
    pub fn open(folder: &Path, name: &'static str, theme: Theme, is_german: bool) -> Result<Self> {
        let mut desktop = TestDesktop::new()?;
        let sound = PulseSink::start()?;
        for (name, value) in sound.env() {
            desktop.place.env.push((name.to_owned(), value.into()));
        }
        let host = Host::appear(&desktop.place)?;
        Ok(Self {
            desktop,
            folder: folder.to_owned(),
            name,
            theme,
            is_german,
            _sound: sound,
            _host: host,
        })
    }

    pub fn seed(&self, cut_off: Option<CutOff>) -> Result<()> {
        self.desktop.seed(|seed| {
            past::weeks(seed)?;
            if let Some(cut_off) = cut_off {
                seed.unfinished(cut_off)?;
            }
            seed.settings(|settings| {
                settings.theme = self.theme;
                if self.is_german {
                    settings.language = Language::De;
                }
                if cut_off.is_some() {
                    settings.choice.intervals = IntervalBells::Every {
                        every_s: Seconds(300),
                    };
                }
            })
        })
    }

    pub fn wait_for_word(&self, word: &str) -> Result<()> {
        self.desktop
            .wait(word, |it| Ok(it.text("sync-word")?.contains(word)))
    }

    /// A picture in which a name stands for the server, whose port is another one each time.
    pub fn take_of(&self, server: &TestServer, what: &str) -> Result<()> {
        let name = "const [from, to] = arguments;
            const texts = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
            while (texts.nextNode()) {
                const text = texts.currentNode;
                if (text.data.includes(from)) text.data = text.data.replaceAll(from, to);
            }
            for (const input of document.querySelectorAll('input')) {
                if (input.value.includes(from)) input.value = to;
            }
            document.querySelector('[data-testid=account]')?.scrollIntoView()";
        let address = format!("127.0.0.1:{}", server.port());
        self.take_after(what, || {
            self.desktop
                .script(name, &[address.clone().into(), "mitta.example.org".into()])
                .map(drop)
        })
    }

    pub fn take(&self, what: &str) -> Result<()> {
        self.take_after(what, || Ok(()))
    }

    /// Takes it in each size; `arrange` is called once the window has it.
    pub fn take_after(&self, what: &str, arrange: impl Fn() -> Result<()>) -> Result<()> {
        let screen = Screen::connect()?;
        let pid = self.desktop.pid()?;
        let window = screen.windows_of(pid)?.into_iter().find(|it| it.is_up);
        let window = window.context("a window")?.id;
        for (size, width, height) in SIZES {
            screen.resize(window, width, height)?;
            self.desktop
                .wait("it is laid out and nothing moves", |it| {
                    let code = "return window.innerWidth === arguments[0]
                    && document.fonts.status === 'loaded'
                    && document.getAnimations().length === 0";
                    Ok(it.script(code, &[width.into()])? == true)
                })?;
            arrange()?;
            let name = self.name;
            let path = self.folder.join(format!("{what}-{name}{size}.png"));
            // The page may be laid out before it is drawn: until two pictures are the same.
            let mut last = Vec::new();
            until("the window is drawn", SOON, || {
                screen.picture(window, &path)?;
                let taken = fs::read(&path)?;
                let same = taken == last;
                last = taken;
                Ok(same)
            })?;
            println!("{}: {} bytes", path.display(), last.len());
        }
        Ok(())
    }
}
