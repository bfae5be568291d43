//! The files of the package, laid out as they will lie on a person's machine.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context as _, Result, ensure};

use super::{ID, PROGRAMS, notices};
use crate::{build, shell};

/// Icon sizes that are drawn by hand; the rest is scaled from the vector.
const ICONS: [&str; 3] = ["32x32", "128x128", "256x256"];

/// Where each shell looks for completions, and what it wants them called.
const COMPLETIONS: [(&str, &str); 3] = [
    ("bash", "usr/share/bash-completion/completions/mitta"),
    ("zsh", "usr/share/zsh/vendor-completions/_mitta"),
    ("fish", "usr/share/fish/vendor_completions.d/mitta.fish"),
];

/// The locale that a manual is written in, and where its pages are looked for. The program reads only the
/// name of the locale, so it need not be installed.
pub const MANUALS: [(&str, &str); 2] = [
    ("C.UTF-8", "usr/share/man/man1"),
    ("de_DE.UTF-8", "usr/share/man/de/man1"),
];

/// What the files tell of the package.
pub struct About<'a> {
    pub version: &'a str,
    /// The civil date of this version, `YYYY-MM-DD`.
    pub date: &'a str,
    /// The changelog in Debian's form.
    pub changelog: &'a str,
}

/// A folder in which packages of this build profile are put together, and the root of the files in it.
///
/// # Errors
/// If there is no target folder.
pub fn folder(profile: &str) -> Result<PathBuf> {
    Ok(working_folder(profile)?.join("debian/mitta"))
}

/// Where the tools run: `debian/` with what they read, and the files in `debian/mitta`.
///
/// # Errors
/// If there is no target folder.
pub fn working_folder(profile: &str) -> Result<PathBuf> {
    Ok(shell::target()?.join("package").join(profile))
}

/// Lays all files out anew.
///
/// # Errors
/// If a file is missing or a program does not tell what it should.
pub fn lay_out(profile: &str, about: &About<'_>) -> Result<()> {
    let root = folder(profile)?;
    if root.exists() {
        fs::remove_dir_all(&root)?;
    }
    let stage = Stage { root };
    for name in PROGRAMS {
        stage.program(name, &build::program(profile, name)?)?;
    }
    stage.desktop(about)?;
    stage.manual(&build::program(profile, "mitta")?)?;
    stage.documents(about)
}

struct Stage {
    root: PathBuf,
}

impl Stage {
    /// A path in the package, its folder made.
    fn path(&self, path: &str) -> Result<PathBuf> {
        let path = self.root.join(path);
        let folder = path.parent().context("a file lies in a folder")?;
        make_folder(folder, &self.root)?;
        Ok(path)
    }

    fn write(&self, path: &str, text: impl AsRef<[u8]>) -> Result<PathBuf> {
        let path = self.path(path)?;
        fs::write(&path, text)?;
        mode(&path, 0o644)?;
        Ok(path)
    }

    fn copy(&self, from: &Path, path: &str) -> Result<()> {
        let text = fs::read(from).with_context(|| format!("cannot read {}", from.display()))?;
        self.write(path, text).map(drop)
    }

    /// A text as documents are installed.
    fn compressed(&self, path: &str, text: &str) -> Result<()> {
        compress(&[self.write(path, text)?])
    }

    /// A program without what only a debugger reads.
    fn program(&self, name: &str, built: &Path) -> Result<()> {
        let path = self.path(&format!("usr/bin/{name}"))?;
        let mut strip = shell::command("strip")?;
        strip.args(["--strip-unneeded", "--remove-section=.comment", "-o"]);
        shell::run(strip.arg(&path).arg(built))?;
        mode(&path, 0o755)
    }

    fn desktop(&self, about: &About<'_>) -> Result<()> {
        let files = shell::root().join("packaging/linux");
        let name = format!("{ID}.desktop");
        self.copy(
            &files.join(&name),
            &format!("usr/share/applications/{name}"),
        )?;

        let name = format!("{ID}.metainfo.xml");
        let text = fs::read_to_string(files.join(&name))?;
        let filled = text
            .replace("@VERSION@", about.version)
            .replace("@DATE@", about.date);
        ensure!(filled != text, "{name} has no place for version and date");
        self.write(&format!("usr/share/metainfo/{name}"), filled)?;

        let icons = shell::root().join("src-tauri/icons");
        let hicolor = "usr/share/icons/hicolor";
        for size in ICONS {
            let path = format!("{hicolor}/{size}/apps/{ID}.png");
            self.copy(&icons.join(format!("{size}.png")), &path)?;
        }
        let path = format!("{hicolor}/scalable/apps/{ID}.svg");
        self.copy(&icons.join("mitta.svg"), &path)
    }

    /// Manual pages and completions, told by the program itself.
    fn manual(&self, mitta: &Path) -> Result<()> {
        for (locale, folder) in MANUALS {
            let pages = self.path(&format!("{folder}/mitta.1"))?;
            let pages = pages.parent().context("a page lies in a folder")?;
            let mut manual = in_language(mitta, locale)?;
            shell::run(manual.arg("manual").arg(pages))?;
            let written = fs::read_dir(pages)?.map(|page| Ok(page?.path()));
            let written = written.collect::<Result<Vec<PathBuf>>>()?;
            for page in &written {
                mode(page, 0o644)?;
            }
            compress(&written)?;
        }
        for (shell_name, path) in COMPLETIONS {
            let mut mitta = in_language(mitta, "C.UTF-8")?;
            let script = shell::output_of(mitta.args(["completions", shell_name]));
            let script = script.with_context(|| format!("no completions for {shell_name}"))?;
            self.write(path, script + "\n")?;
        }
        Ok(())
    }

    fn documents(&self, about: &About<'_>) -> Result<()> {
        let documents = "usr/share/doc/mitta";
        let copyright = shell::root().join("packaging/debian/copyright");
        self.copy(&copyright, &format!("{documents}/copyright"))?;
        self.compressed(&format!("{documents}/changelog"), about.changelog)?;
        let notices = notices::text(&PROGRAMS)?;
        self.compressed(&format!("{documents}/THIRD-PARTY.txt"), &notices)
    }
}

/// `mitta` in the language of a locale, wherever it is built and whatever was chosen in a window there.
fn in_language(mitta: &Path, locale: &str) -> Result<Command> {
    let mut mitta = shell::command(mitta)?;
    mitta
        .env("LC_ALL", locale)
        .env_remove("LANGUAGE")
        .env("MITTA_DATA_DIR", "/nonexistent");
    Ok(mitta)
}

/// As `file.gz` in the place of `file`, with neither name nor time in it.
fn compress(files: &[PathBuf]) -> Result<()> {
    let mut gzip = shell::command("gzip")?;
    gzip.args(["-9", "-n", "-f", "--"]).args(files);
    let output = gzip.output().context("gzip")?;
    ensure!(
        output.status.success(),
        "gzip: {}",
        String::from_utf8_lossy(&output.stderr)
    );
    Ok(())
}

/// Makes a folder and those above it up to `root`, open to all whatever the umask.
fn make_folder(folder: &Path, root: &Path) -> Result<()> {
    fs::create_dir_all(folder)?;
    for folder in folder.ancestors().take_while(|it| it.starts_with(root)) {
        mode(folder, 0o755)?;
    }
    Ok(())
}

#[cfg(unix)]
fn mode(path: &Path, mode: u32) -> Result<()> {
    use std::os::unix::fs::PermissionsExt as _;
    Ok(fs::set_permissions(path, fs::Permissions::from_mode(mode))?)
}

#[cfg(not(unix))]
fn mode(_path: &Path, _mode: u32) -> Result<()> {
    anyhow::bail!("a .deb is put together on Debian or Ubuntu")
}
