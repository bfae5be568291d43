//! Pictures of the real window for the README: each screen, by day and by night, wide and narrow
//! (`cargo xtask pictures`). `pictures FOLDER de` takes those of the screens that need no server in
//! German, to be looked at.

use std::fs;
use std::io::{Seek as _, Write as _};
use std::path::{Path, PathBuf};

use anyhow::{Context as _, Result, ensure};
use chrono::{Datelike as _, Days, NaiveDate, TimeZone as _};
use chrono_tz::Tz;
use mitta_domain::session::Words;
use mitta_domain::settings::{Language, Theme};
use mitta_domain::{IntervalBells, Seconds, UnixMillis};
use mitta_tests::api::{Api, partner};
use mitta_tests::desktop::TestDesktop;
use mitta_tests::desktop::host::Host;
use mitta_tests::desktop::screen::Screen;
use mitta_tests::desktop::seed::{CutOff, Past, Seed};
use mitta_tests::devices::{TestDevice, place};
use mitta_tests::server::TestServer;
use mitta_tests::sound::PulseSink;
use mitta_tests::wait::{SOON, until};

/// Name, width and height in pixels; the name is added to the file's.
const SIZES: [(&str, u32, u32); 2] = [("", 900, 620), ("-narrow", 360, 640)];
const THEMES: [(&str, Theme); 2] = [("light", Theme::Light), ("dark", Theme::Dark)];

const PASSWORD: &str = "a long enough password";

const NOTES: [&str; 6] = [
    "Restless at first, then the rain.",
    "Counting breaths helped.",
    "Sleepy. Sat through it.",
    "Very quiet after the second bell.",
    "Knee, mostly.",
    "The blackbird again.",
];

fn main() -> Result<()> {
    let mut args = std::env::args_os().skip(1);
    let committed = Path::new(env!("CARGO_MANIFEST_DIR")).join("../docs/pictures");
    let folder = args.next().map_or(committed, PathBuf::from);
    let is_german = args.next().is_some_and(|language| language == "de");
    fs::create_dir_all(&folder)?;
    for (name, theme) in THEMES {
        let open = || Album::open(&folder, name, theme, is_german);
        open()?.during()?;
        open()?.afterwards()?;
        open()?.habits()?;
        // What they wait for is said in English.
        if !is_german {
            open()?.account()?;
            open()?.together()?;
        }
    }
    Ok(())
}

/// One home with a past, and a desktop that lacks nothing.
struct Album {
    desktop: TestDesktop,
    folder: PathBuf,
    name: &'static str,
    theme: Theme,
    is_german: bool,
    _sound: PulseSink,
    _host: Host,
}

impl Album {
    fn open(folder: &Path, name: &'static str, theme: Theme, is_german: bool) -> Result<Self> {
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

    fn seed(&self, cut_off: Option<CutOff>) -> Result<()> {
        self.desktop.seed(|seed| {
            past_weeks(seed)?;
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

    /// A sit of 20 minutes, after eleven of them.
    fn during(mut self) -> Result<()> {
        self.seed(Some(CutOff {
            planned_s: Some(1200),
            interval_bells: 3,
            sat_s: 702,
            seen_s_ago: 1,
        }))?;
        self.desktop.launch()?;
        self.desktop.wait_for_phase("sitting")?;
        self.take("sitting")?;
        self.desktop.click("pause")?;
        self.desktop.wait_for_phase("paused")?;
        self.take("paused")
    }

    /// A sit that ends now, and the other screens.
    fn afterwards(mut self) -> Result<()> {
        self.seed(Some(CutOff {
            planned_s: Some(1200),
            interval_bells: 3,
            sat_s: 1193,
            seen_s_ago: 1,
        }))?;
        self.desktop.launch()?;
        self.desktop.wait_for("recorded")?;
        self.desktop
            .fill("note", "Rain on the roof, and then none.")?;
        self.take("after")?;
        self.desktop.click("done")?;
        self.desktop.wait_for_screen("sit")?;
        self.take("sit")?;
        self.desktop.click("nav-history")?;
        self.desktop.wait_for("sit-row")?;
        self.take("history")?;
        self.desktop.click("history-view-statistics")?;
        self.desktop.wait_for("stats-weeks-picture")?;
        self.take("statistics")?;
        self.desktop.click("nav-settings")?;
        self.desktop.wait_for("theme")?;
        self.take("settings")
    }

    /// Presets, reminders and what Mitta is to the desktop.
    fn habits(mut self) -> Result<()> {
        self.seed(None)?;
        self.desktop.launch()?;
        for (minutes, name) in [("15", "Morning"), ("40", "Evening")] {
            if !self.desktop.has("length-input")? {
                self.desktop.click("chip-other")?;
            }
            self.desktop.fill("length-input", minutes)?;
            self.desktop.click("presets-open")?;
            self.desktop.fill("preset-name", name)?;
            self.desktop.click("preset-keep")?;
            self.desktop.wait("it is kept", |it| {
                Ok(it.text("presets-sheet")?.contains(name))
            })?;
            if name == "Morning" {
                self.desktop.press(thirtyfour::Key::Escape)?;
                self.desktop
                    .wait("it is closed", |it| Ok(!it.has("presets-sheet")?))?;
            }
        }
        self.take("presets")?;
        self.desktop.click("preset-edit")?;
        self.desktop.wait_for("preset-edit-name")?;
        self.take("preset")?;
        self.desktop.press(thirtyfour::Key::Escape)?;
        self.desktop
            .wait("it is closed", |it| Ok(!it.has("presets-sheet")?))?;

        self.desktop.click("nav-settings")?;
        self.desktop.click("reminder-add")?;
        self.desktop
            .wait("one reminder", |it| Ok(it.count("reminder")? == 1))?;
        self.desktop.click("reminder-Sat")?;
        self.desktop.click("reminder-Sun")?;
        self.desktop.click("reminder-add")?;
        self.desktop
            .wait("two reminders", |it| Ok(it.count("reminder")? == 2))?;
        self.desktop.click("quiet-hours")?;
        self.desktop.wait_for("quiet-from")?;
        let to = |id: &str| {
            let code = "document.querySelector(arguments[0])?.scrollIntoView()";
            self.desktop.script(code, &[id.into()]).map(drop)
        };
        self.take_after("reminders", || to("#s-reminders"))?;
        self.desktop.click("start-at-login")?;
        self.desktop.click("shortcut-keys")?;
        self.desktop.press_with_control('m')?;
        self.desktop.wait_for("shortcut-clear")?;
        self.take_after("desk", || to("#s-desk"))
    }

    /// The account, from none to one, and what the sheet behind the word of sync says.
    fn account(mut self) -> Result<()> {
        self.seed(None)?;
        let mut server = TestServer::start()?;
        self.desktop.launch()?;
        self.desktop.click("nav-settings")?;
        self.desktop.wait_for("sign-up")?;
        self.take_of(&server, "account-none")?;
        self.desktop.click("sign-up")?;
        self.desktop.fill("join-server_url", &server.url())?;
        self.desktop.fill("join-login", "anna")?;
        self.desktop.fill("join-password", PASSWORD)?;
        self.desktop.fill("join-display_name", "Anna")?;
        self.desktop.fill("join-device_name", "Laptop")?;
        self.desktop.wait("the server answers", |it| {
            Ok(it.text("join-server_url-below")?.contains("answers"))
        })?;
        self.take_of(&server, "account-new")?;
        self.desktop.click("join-go")?;
        self.desktop.click("file-yes")?;
        self.desktop.wait_for("recovery-code")?;
        self.take_of(&server, "account-code")?;
        self.desktop.click("code-written")?;
        self.desktop.wait_for("claim")?;
        self.take_of(&server, "account-question")?;
        self.desktop.click("claim-yes")?;
        self.wait_for_word("up to date")?;
        let phone = TestDevice::new()?;
        let url = server.url();
        let named = [&place("sign-in", &url, "anna")[..], &["--device", "Phone"]].concat();
        phone.done(&named, &[PASSWORD])?;
        self.desktop.click("nav-sit")?;
        self.desktop.click("nav-settings")?;
        self.desktop
            .wait("two devices", |it| Ok(it.count("device")? == 2))?;
        self.take_of(&server, "account")?;

        server.kill()?;
        self.sit_a_second()?;
        self.wait_for_word("offline")?;
        self.desktop.click("nav-history")?;
        self.desktop.click("sync-word")?;
        self.desktop.wait_for("sync-sheet")?;
        self.take_of(&server, "sync-offline")?;
        let broken = "UPDATE outbox SET payload = CAST(json_set(CAST(payload AS TEXT), \
                      '$.change.completion.credited_s', 90000) AS BLOB) \
                      WHERE json_type(CAST(payload AS TEXT), '$.change.completion') = 'object'";
        self.desktop.sqlite()?.execute(broken, [])?;
        server.start_again()?;
        self.desktop.click("sync-now")?;
        self.desktop.wait_for("refused")?;
        self.take_of(&server, "sync-refused")
    }

    /// What two see of each other, what one shares, and what is proposed.
    fn together(mut self) -> Result<()> {
        self.seed(None)?;
        let server = TestServer::start()?;
        let ben = TestDevice::new()?;
        past_weeks(&mut Seed::into(&ben.dir())?)?;
        ben.sign_up(&server.url(), "Ben", PASSWORD)?;
        ben.synced()?;
        let mut password = tempfile::tempfile()?;
        writeln!(password, "{PASSWORD}")?;
        password.rewind()?;
        let url = server.url();
        let mut sign_up = self.desktop.command("mitta")?;
        sign_up.args(place("sign-up", &url, "anna"));
        let done = sign_up.args(["--name", "Anna"]).stdin(password).status()?;
        ensure!(done.success(), "sign-up: {done}");
        self.desktop.launch()?;
        self.wait_for_word("up to date")?;
        self.desktop.click("nav-together")?;
        self.desktop.wait_for("together-none")?;
        self.take_of(&server, "together-none")?;

        let token = fs::read_to_string(self.desktop.dir().path().join("token"))?;
        let anna = Api::new(&url, token.lines().nth(2).context("a token")?)?;
        let partnership = partner(&anna, &Api::new(&url, &ben.token()?)?)?;
        let goal = serde_json::json!({ "weekly_goal_s": 9000 });
        let membership = format!("/v1/partnerships/{partnership}/membership");
        anna.ask("PATCH", &membership, Some(&goal))?;
        self.desktop
            .wait("both are there", |it| Ok(it.count("member")? == 2))?;
        self.desktop.wait("what both sat is there", |it| {
            Ok(it.count("together-sit")? > 5 && it.text("sync-word")?.contains("up to date"))
        })?;
        self.take_of(&server, "together")?;
        self.desktop.click("sharing-open")?;
        self.desktop.wait_for("partnership")?;
        self.take_of(&server, "sharing")
    }

    fn wait_for_word(&self, word: &str) -> Result<()> {
        self.desktop
            .wait(word, |it| Ok(it.text("sync-word")?.contains(word)))
    }

    fn sit_a_second(&self) -> Result<()> {
        self.desktop.click("nav-sit")?;
        self.desktop.click("chip-other")?;
        self.desktop.fill("length-input", "1s")?;
        self.desktop.click("begin")?;
        self.desktop.click("begin-now")?;
        self.desktop.wait_for("recorded")?;
        self.desktop.click("done")?;
        self.desktop.wait_for_screen("sit")
    }

    /// A picture in which a name stands for the server, whose port is another one each time.
    fn take_of(&self, server: &TestServer, what: &str) -> Result<()> {
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

    fn take(&self, what: &str) -> Result<()> {
        self.take_after(what, || Ok(()))
    }

    /// Takes it in each size; `arrange` is called once the window has it.
    fn take_after(&self, what: &str, arrange: impl Fn() -> Result<()>) -> Result<()> {
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

/// Three months of somebody who sits most mornings and some evenings.
fn past_weeks(seed: &mut Seed) -> Result<()> {
    let zone = seed.zone;
    let today = zone
        .timestamp_millis_opt(seed.now().wall_ms.0)
        .single()
        .context("a time")?
        .date_naive();
    for ago in (1..84u64).rev() {
        let day = today.checked_sub_days(Days::new(ago)).context("a day")?;
        // A pattern that looks like chance and is the same each time.
        let chance = (ago * 7_919 + 13) % 100;
        let weekend = day.weekday().number_from_monday() > 5;
        let usual = if ago / 7 % 4 == 1 { 45 } else { 84 };
        if chance < usual {
            let minutes = if weekend { 30 } else { 20 };
            let started = at(zone, day, 6, 20 + u32::try_from(chance % 35)?)?;
            seed.past(&sit(started, minutes * 60, chance, "Morning"))?;
        }
        if chance % 7 < 2 {
            let started = at(zone, day, 21, u32::try_from(chance % 40)?)?;
            let cut_s = if chance % 3 == 0 { 412 } else { 0 };
            let mut evening = sit(started, 25 * 60, chance + 3, "Evening");
            evening.credited_s -= cut_s;
            seed.past(&evening)?;
        }
    }
    Ok(())
}

fn sit(started: UnixMillis, planned_s: u32, chance: u64, label: &str) -> Past {
    let note = usize::try_from(chance)
        .ok()
        .filter(|it| it % 3 == 0)
        .and_then(|it| NOTES.get(it / 3 % NOTES.len()));
    Past {
        started_at_ms: started.0,
        planned_s: Some(planned_s),
        credited_s: planned_s,
        interval_bells: 3,
        words: Words {
            note: note.map(|it| (*it).to_owned()),
            mood: None,
            label: Some(label.to_owned()),
        },
    }
}

fn at(zone: Tz, day: NaiveDate, hour: u32, minute: u32) -> Result<UnixMillis> {
    let local = day.and_hms_opt(hour, minute, 7).context("a time of day")?;
    let at = zone.from_local_datetime(&local).earliest();
    Ok(UnixMillis(at.context("a time that is")?.timestamp_millis()))
}
