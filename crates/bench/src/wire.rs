//! Bytes on the wire, both ways, everything counted that HTTP sends: requests, answers, headers.

use std::io::{Read as _, Write as _};
use std::net::{Shutdown, TcpListener, TcpStream};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::thread;

use crate::bed::Bed;
use crate::figures::scratch;
use crate::{aim, bulk, device, sits};

const SITS: u32 = 2_000;

pub fn run(bed: &Bed) {
    let disk = scratch();
    let template = bulk::template(SITS);
    let person = bed.person();
    let dir = sits::folder(disk.path(), Some(&template.dir));
    sits::sign_in(&dir, bed, &person);
    let raw = raw_bytes(&dir);
    let counter = Counter::start(bed.port());

    assert_eq!(device::sync(&dir, &counter.url(), &person).pushed, SITS);
    let bulk = counter.take();
    let what = "(aim ≤ 250; its JSON uncompressed";
    println!("Bytes for each of {SITS} sits, pushed in bulk, start and completion folded");
    println!(
        "  ours       {} {what} {:.0})",
        each(bulk, SITS),
        raw / f64::from(SITS)
    );
    aim(bulk.0 + bulk.1 <= 250 * u64::from(SITS));

    sits::record_another(&dir, SITS + 1);
    let raw = raw_bytes(&dir);
    assert_eq!(device::sync(&dir, &counter.url(), &person).pushed, 1);
    let single = counter.take();
    println!("Bytes of a sync with a single sit, and of all that it asks besides");
    println!(
        "  ours       {} (its JSON uncompressed {raw:.0})",
        each(single, 1)
    );

    assert_eq!(device::sync(&dir, &counter.url(), &person).pushed, 0);
    println!("Bytes of an empty sync");
    println!("  ours       {}", each(counter.take(), 1));

    let fresh = sits::folder(disk.path(), None);
    let mut phone = person.clone();
    phone.token = bed.sign_in(person.person_id);
    sits::sign_in(&fresh, bed, &phone);
    let pulled = device::sync(&fresh, &counter.url(), &phone).pulled;
    println!("Bytes for each of {pulled} sits, pulled into a fresh device");
    println!("  ours       {}", each(counter.take(), pulled));
}

fn each((up, down): (u64, u64), count: u32) -> String {
    #[expect(clippy::cast_precision_loss, reason = "far below 2^52")]
    let each = |bytes: u64| bytes as f64 / f64::from(count);
    let (both, up, down) = (each(up + down), each(up), each(down));
    format!("{both:.0}: {up:.0} up, {down:.0} down")
}

/// What waits in the outbox.
fn raw_bytes(dir: &mitta_store::DataDir) -> f64 {
    let outbox = rusqlite::Connection::open(dir.database()).unwrap();
    let sql = "SELECT total(length(payload)) FROM outbox";
    outbox.query_row(sql, [], |row| row.get(0)).unwrap()
}

/// Stands between, and counts.
struct Counter {
    port: u16,
    counted: Arc<[AtomicU64; 2]>,
}

impl Counter {
    fn start(to: u16) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let port = listener.local_addr().unwrap().port();
        let counted: Arc<[AtomicU64; 2]> = Arc::default();
        let counts = Arc::clone(&counted);
        // Ends with this process.
        thread::spawn(move || {
            for client in listener.incoming().map_while(Result::ok) {
                let server = TcpStream::connect(("127.0.0.1", to)).unwrap();
                for (from, to, way) in [(&client, &server, 0), (&server, &client, 1)] {
                    let _ = from.set_nodelay(true);
                    let (from, to) = (from.try_clone().unwrap(), to.try_clone().unwrap());
                    let counts = Arc::clone(&counts);
                    thread::spawn(move || pass(from, to, &counts[way]));
                }
            }
        });
        Self { port, counted }
    }

    fn url(&self) -> String {
        format!("http://127.0.0.1:{}", self.port)
    }

    /// How many bytes went up and down since the last look.
    fn take(&self) -> (u64, u64) {
        let take = |way: usize| self.counted[way].swap(0, Ordering::SeqCst);
        (take(0), take(1))
    }
}

fn pass(mut from: TcpStream, mut to: TcpStream, count: &AtomicU64) {
    let mut buffer = vec![0; 64 * 1024];
    while let Ok(read @ 1..) = from.read(&mut buffer) {
        count.fetch_add(read as u64, Ordering::SeqCst);
        if to.write_all(&buffer[..read]).is_err() {
            break;
        }
    }
    let _ = to.shutdown(Shutdown::Write);
}
