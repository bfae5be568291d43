//! A proxy that misbehaves as networks do: it delays, cuts a connection after any byte in either
//! direction, and sends a request twice, at once or much later.
//!
//! Its fates are drawn from a seed, one a request. Which request draws which depends on who comes first,
//! so a seed repeats the mix and not the run.

use std::io::{self, ErrorKind, Read, Write as _};
use std::net::{Shutdown, SocketAddr, TcpListener, TcpStream};
use std::sync::atomic::{AtomicBool, AtomicU32, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::thread::{self, JoinHandle};
use std::time::Duration;

use anyhow::Result;
use rand::rngs::StdRng;
use rand::{RngExt as _, SeedableRng as _};

/// Far beyond any answer that is still to come.
const PATIENCE: Duration = Duration::from_secs(40);
/// The longest delay.
const MOST_DELAY_MS: u64 = 120;
/// So many requests are kept, to be sent again later.
const MOST_KEPT: usize = 64;

/// What becomes of a request.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fate {
    /// It passes.
    Passes,
    /// It passes late, and so does its answer.
    Delayed,
    /// The connection is cut after some bytes of it.
    CutBefore,
    /// The server does it; the connection is cut after some bytes of the answer, often none.
    CutAfter,
    /// It reaches the server twice at once; one of the answers is lost.
    Twice,
    /// It passes, and some earlier request reaches the server once more.
    Echoed,
}

/// Every fate.
pub const FATES: [Fate; 6] = [
    Fate::Passes,
    Fate::Delayed,
    Fate::CutBefore,
    Fate::CutAfter,
    Fate::Twice,
    Fate::Echoed,
];

struct Shared {
    upstream: SocketAddr,
    is_calm: AtomicBool,
    is_cut: AtomicBool,
    /// Connections that may still be open.
    open: Mutex<Vec<TcpStream>>,
    is_closing: AtomicBool,
    random: Mutex<StdRng>,
    kept: Mutex<Vec<Vec<u8>>>,
    drawn: [AtomicU32; FATES.len()],
}

/// The proxy, until dropped.
pub struct ChaosProxy {
    address: SocketAddr,
    shared: Arc<Shared>,
    accepting: Option<JoinHandle<()>>,
}

impl ChaosProxy {
    /// In front of a server on this machine; calm at first.
    ///
    /// # Errors
    /// Where there is no port to be had.
    pub fn start(upstream_port: u16, seed: u64) -> Result<Self> {
        let listener = TcpListener::bind(("127.0.0.1", 0))?;
        let address = listener.local_addr()?;
        let shared = Arc::new(Shared {
            upstream: SocketAddr::from(([127, 0, 0, 1], upstream_port)),
            is_calm: AtomicBool::new(true),
            is_cut: AtomicBool::new(false),
            open: Mutex::default(),
            is_closing: AtomicBool::new(false),
            random: Mutex::new(StdRng::seed_from_u64(seed)),
            kept: Mutex::default(),
            drawn: Default::default(),
        });
        let accepting = {
            let shared = Arc::clone(&shared);
            thread::spawn(move || accept(&listener, &shared))
        };
        Ok(Self {
            address,
            shared,
            accepting: Some(accepting),
        })
    }

    /// Its address, as that of a server.
    pub fn url(&self) -> String {
        format!("http://{}", self.address)
    }

    /// From now on everything passes, or nothing is sure.
    pub fn be_calm(&self, is_calm: bool) {
        self.shared.is_calm.store(is_calm, Ordering::SeqCst);
    }

    /// From now on nothing passes, and what was open is closed; or everything as before.
    pub fn cut(&self, is_cut: bool) {
        self.shared.is_cut.store(is_cut, Ordering::SeqCst);
        if is_cut {
            for connection in self.shared.open().drain(..) {
                // One that is closed already is as well.
                let _ = connection.shutdown(Shutdown::Both);
            }
        }
    }

    /// How often a fate was drawn.
    pub fn drawn(&self, fate: Fate) -> u32 {
        self.shared.drawn[fate as usize].load(Ordering::SeqCst)
    }
}

impl Drop for ChaosProxy {
    fn drop(&mut self) {
        self.shared.is_closing.store(true, Ordering::SeqCst);
        // Wakes who accepts; one that is gone needs no waking.
        let _ = TcpStream::connect(self.address);
        if let Some(accepting) = self.accepting.take() {
            let _ = accepting.join();
        }
    }
}

fn accept(listener: &TcpListener, shared: &Arc<Shared>) {
    for client in listener.incoming() {
        if shared.is_closing.load(Ordering::SeqCst) {
            return;
        }
        let Ok(client) = client else { continue };
        if shared.is_cut.load(Ordering::SeqCst) {
            continue;
        }
        let shared = Arc::clone(shared);
        // Ends with its connection, at the latest when nobody has spoken for long.
        let _: JoinHandle<()> = thread::spawn(move || {
            // A connection that breaks is what this is about.
            let _ = shared.serve(&client);
            let _ = client.shutdown(Shutdown::Both);
        });
    }
}

impl Shared {
    fn open(&self) -> MutexGuard<'_, Vec<TcpStream>> {
        self.open.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Lets [`ChaosProxy::cut`] close it; refuses where it is cut already.
    fn watch(&self, connection: &TcpStream) -> io::Result<()> {
        self.open().push(connection.try_clone()?);
        if self.is_cut.load(Ordering::SeqCst) {
            return Err(ErrorKind::ConnectionAborted.into());
        }
        Ok(())
    }

    fn serve(&self, mut client: &TcpStream) -> io::Result<()> {
        client.set_read_timeout(Some(PATIENCE))?;
        self.watch(client)?;
        let request = read_request(client)?;
        match self.draw() {
            Fate::Passes => self.pass(&request, client),
            Fate::Delayed => {
                thread::sleep(self.delay());
                let answer = self.exchange(&request)?;
                thread::sleep(self.delay());
                client.write_all(&answer)
            }
            Fate::CutBefore => {
                let part = &request[..self.below(request.len())];
                let mut upstream = TcpStream::connect(self.upstream)?;
                upstream.write_all(part)?;
                upstream.shutdown(Shutdown::Both)
            }
            Fate::CutAfter => {
                let answer = self.exchange(&request)?;
                // Every third time not a byte of it comes.
                let cut = match self.below(3) {
                    0 => 0,
                    _ => self.below(answer.len()),
                };
                client.write_all(&answer[..cut])
            }
            Fate::Twice => {
                let (first, second) = thread::scope(|scope| {
                    let other = scope.spawn(|| self.exchange(&request));
                    let mine = self.exchange(&request);
                    let lost = || Err(io::Error::from(ErrorKind::BrokenPipe));
                    (mine, other.join().unwrap_or_else(|_| lost()))
                });
                let kept = if self.below(2) == 0 { first } else { second };
                client.write_all(&kept?)
            }
            Fate::Echoed => {
                let done = self.pass(&request, client);
                let earlier = self.earlier();
                if let Some(earlier) = earlier {
                    // Nobody waits for this answer.
                    let _ = self.exchange(&earlier);
                }
                done
            }
        }?;
        self.keep(request);
        Ok(())
    }

    fn draw(&self) -> Fate {
        if self.is_calm.load(Ordering::SeqCst) {
            return Fate::Passes;
        }
        // Half of them pass, or nothing would ever be done.
        let fate = match self.below(10) {
            0..5 => Fate::Passes,
            5 => Fate::Delayed,
            6 => Fate::CutBefore,
            7 => Fate::CutAfter,
            8 => Fate::Twice,
            _ => Fate::Echoed,
        };
        self.drawn[fate as usize].fetch_add(1, Ordering::SeqCst);
        fate
    }

    /// Any number below `end`, 0 where there is none.
    fn below(&self, end: usize) -> usize {
        let mut random = self.random.lock().unwrap_or_else(PoisonError::into_inner);
        random.random_range(0..end.max(1))
    }

    fn delay(&self) -> Duration {
        let mut random = self.random.lock().unwrap_or_else(PoisonError::into_inner);
        Duration::from_millis(random.random_range(1..=MOST_DELAY_MS))
    }

    fn keep(&self, request: Vec<u8>) {
        let mut kept = self.kept.lock().unwrap_or_else(PoisonError::into_inner);
        if kept.len() < MOST_KEPT && !self.is_calm.load(Ordering::SeqCst) {
            kept.push(request);
        }
    }

    fn earlier(&self) -> Option<Vec<u8>> {
        let nth = {
            let kept = self.kept.lock().unwrap_or_else(PoisonError::into_inner);
            kept.len()
        };
        let nth = self.below(nth);
        let kept = self.kept.lock().unwrap_or_else(PoisonError::into_inner);
        kept.get(nth).cloned()
    }

    /// Hands the answer on as it comes.
    fn pass(&self, request: &[u8], mut client: &TcpStream) -> io::Result<()> {
        let mut upstream = self.ask(request)?;
        io::copy(&mut upstream, &mut client).map(drop)
    }

    /// The whole answer.
    fn exchange(&self, request: &[u8]) -> io::Result<Vec<u8>> {
        let mut answer = Vec::new();
        self.ask(request)?.read_to_end(&mut answer)?;
        Ok(answer)
    }

    fn ask(&self, request: &[u8]) -> io::Result<TcpStream> {
        let mut upstream = TcpStream::connect(self.upstream)?;
        self.watch(&upstream)?;
        upstream.set_read_timeout(Some(PATIENCE))?;
        upstream.write_all(request)?;
        Ok(upstream)
    }
}

/// One request with its body, to be answered on a connection that ends with the answer.
fn read_request(mut client: impl Read) -> io::Result<Vec<u8>> {
    const END: &[u8] = b"\r\n\r\n";
    let mut bytes = Vec::new();
    let head = loop {
        if let Some(at) = bytes.windows(END.len()).position(|it| it == END) {
            break at + END.len();
        }
        read_more(&mut client, &mut bytes)?;
    };
    let text = String::from_utf8_lossy(&bytes[..head]).to_ascii_lowercase();
    let length = text
        .lines()
        .find_map(|line| line.strip_prefix("content-length:"))
        .map_or(Ok(0), |length| length.trim().parse::<usize>())
        .map_err(|_| io::Error::from(ErrorKind::InvalidData))?;
    while bytes.len() < head + length {
        read_more(&mut client, &mut bytes)?;
    }
    let first_line = bytes.windows(2).position(|it| it == b"\r\n");
    let after = first_line.map_or(0, |at| at + 2);
    bytes.splice(after..after, *b"Connection: close\r\n");
    Ok(bytes)
}

fn read_more(client: &mut impl Read, bytes: &mut Vec<u8>) -> io::Result<()> {
    let mut more = [0; 16 * 1024];
    match client.read(&mut more)? {
        0 => Err(ErrorKind::UnexpectedEof.into()),
        count => {
            bytes.extend_from_slice(&more[..count]);
            Ok(())
        }
    }
}
