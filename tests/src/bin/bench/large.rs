//! Files that are far larger than a life of sits: half a gigabyte of Apple Health, of which a few
//! records are sits, and two million rows. Each is looked over, previewed and imported as a person
//! would, beside a bare parse of the same file; and how much memory that takes on top.

use std::fs::{self, File};
use std::io::{BufReader, BufWriter, Write};
use std::path::Path;

use mitta_runtime::api::Commands as _;
use mitta_store::DataDir;

use super::figures::{Series, compare, scratch, timed_ms};
use super::import::{asked, engine};

const HEALTH_BYTES: u64 = 500 * 1024 * 1024;
/// Of all records of Apple Health's, one in so many is a mindful session.
const ONE_IN: u64 = 500;
const ROWS: u64 = 2_000_000;

pub fn run() {
    let folder = scratch();
    let health = folder.path().join("export.xml");
    let sits = write_health(&health).unwrap();
    measure("500 MB of Apple Health", &health, sits, parse_xml);
    fs::remove_file(&health).unwrap();
    let rows = folder.path().join("meditate.csv");
    write_rows(&rows).unwrap();
    measure("Two million rows", &rows, ROWS, parse_csv);
}

fn measure(what: &str, file: &Path, sits: u64, parse: fn(&Path) -> u64) {
    let folder = scratch();
    let engine = engine(DataDir::new(folder.path().join("mitta")));
    let mut bare = Series::default();
    bare.push(timed_ms(|| assert!(parse(file) >= sits)).0);
    let step = |name: &str, work: &mut dyn FnMut()| {
        forget_peak();
        let before = memory("VmRSS");
        let mut ours = Series::default();
        ours.push(timed_ms(work).0);
        let reference = ("bare parse of the same file", &bare);
        compare(&format!("{what}: {name}"), "ms", &ours, reference, "—");
        println!(
            "  memory     {} MiB more",
            (memory("VmHWM") - before) / 1024
        );
    };
    step("preview", &mut || {
        let preview = engine.import_preview(asked(file)).unwrap();
        assert_eq!(preview.counts.new, sits);
    });
    step("import", &mut || {
        let done = engine.import_file(asked(file)).unwrap();
        assert_eq!(done.counts.new, sits);
    });
    step("import again, which changes nothing", &mut || {
        let done = engine.import_file(asked(file)).unwrap();
        assert_eq!((done.counts.new, done.counts.already_there), (0, sits));
    });
    engine.stop();
}

/// Says how many sits it has.
fn write_health(path: &Path) -> std::io::Result<u64> {
    let mut out = BufWriter::new(File::create(path)?);
    let (mut written, mut records, mut sits) = (0_u64, 0_u64, 0_u64);
    writeln!(
        out,
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<HealthData locale=\"de_DE\">"
    )?;
    while written < HEALTH_BYTES {
        records += 1;
        // Three minutes apart, over some years.
        let minutes = records * 3;
        let (day, hour, minute) = (minutes / 1440, minutes / 60 % 24, minutes % 60);
        let (year, month) = (2005 + day / 336, day / 28 % 12 + 1);
        let at = format!(
            "{year}-{month:02}-{:02} {hour:02}:{minute:02}",
            day % 28 + 1
        );
        let record = if records % ONE_IN == 0 {
            sits += 1;
            format!(
                " <Record type=\"HKCategoryTypeIdentifierMindfulSession\" sourceName=\"Calm\" \
                 creationDate=\"{at}:30 +0100\" startDate=\"{at}:00 +0100\" endDate=\"{at}:30 +0100\"/>\n"
            )
        } else {
            format!(
                " <Record type=\"HKQuantityTypeIdentifierStepCount\" sourceName=\"Phone\" unit=\"count\" \
                 creationDate=\"{at}:30 +0100\" startDate=\"{at}:00 +0100\" endDate=\"{at}:30 +0100\" \
                 value=\"{}\"/>\n",
                records % 900
            )
        };
        out.write_all(record.as_bytes())?;
        written += record.len() as u64;
    }
    writeln!(out, "</HealthData>")?;
    out.flush()?;
    Ok(sits)
}

fn write_rows(path: &Path) -> std::io::Result<()> {
    let mut out = BufWriter::new(File::create(path)?);
    writeln!(out, "start_time_unix,duration_secs,mode,label,note")?;
    for n in 0..ROWS {
        writeln!(out, "{},300,timer,Zazen,", 800_000_000 + n * 400)?;
    }
    out.flush()
}

fn parse_xml(path: &Path) -> u64 {
    let file = BufReader::new(File::open(path).unwrap());
    let mut reader = quick_xml::Reader::from_reader(file);
    let (mut buffer, mut tags) = (Vec::new(), 0);
    loop {
        buffer.clear();
        match reader.read_event_into(&mut buffer).unwrap() {
            quick_xml::events::Event::Eof => return tags,
            _ => tags += 1,
        }
    }
}

fn parse_csv(path: &Path) -> u64 {
    let mut reader = csv::Reader::from_path(path).unwrap();
    let (mut record, mut rows) = (csv::StringRecord::new(), 0);
    while reader.read_record(&mut record).unwrap() {
        rows += 1;
    }
    rows
}

/// The highest that is told from here on is that of what follows.
fn forget_peak() {
    fs::write("/proc/self/clear_refs", "5").unwrap();
}

/// A line of `/proc/self/status`, in KiB.
fn memory(name: &str) -> i64 {
    let status = fs::read_to_string("/proc/self/status").unwrap();
    let line = status.lines().find_map(|line| line.strip_prefix(name));
    let number = line.and_then(|it| it.trim_start_matches(':').trim().split(' ').next());
    number.and_then(|it| it.parse().ok()).unwrap()
}
