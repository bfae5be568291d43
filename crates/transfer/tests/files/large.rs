//! Files that do not fit into memory are read as they come.

use std::cell::Cell;
use std::io::{Read, Seek, SeekFrom};
use std::ops::ControlFlow;
use std::rc::Rc;

use mitta_transfer::{Judge, Judged, read, survey};

use crate::support::{NOW, berlin};

/// A file that is never there as a whole: a beginning, one piece again and again, an end. A number
/// in the piece, written as `######`, counts the pieces.
struct Endless {
    begin: &'static str,
    piece: &'static str,
    end: &'static str,
    pieces: u64,
    /// How much of it was read.
    at: Rc<Cell<u64>>,
}

impl Endless {
    fn len(&self) -> u64 {
        (self.begin.len() + self.end.len()) as u64 + self.piece.len() as u64 * self.pieces
    }

    /// What stands from `at` on, up to the end of its part.
    fn rest(&self) -> Vec<u8> {
        let (begin, piece) = (self.begin.len() as u64, self.piece.len() as u64);
        let from = |text: &[u8], at: u64| text[usize::try_from(at).unwrap()..].to_vec();
        let at = self.at.get();
        if at < begin {
            return from(self.begin.as_bytes(), at);
        }
        let (number, within) = ((at - begin) / piece, (at - begin) % piece);
        if number < self.pieces {
            let counted = self.piece.replace("######", &format!("{number:06}"));
            return from(counted.as_bytes(), within);
        }
        from(self.end.as_bytes(), at - begin - piece * self.pieces)
    }
}

impl Read for Endless {
    fn read(&mut self, buffer: &mut [u8]) -> std::io::Result<usize> {
        let mut filled = 0;
        while filled < buffer.len() && self.at.get() < self.len() {
            let rest = self.rest();
            let some = rest.len().min(buffer.len() - filled);
            buffer[filled..filled + some].copy_from_slice(&rest[..some]);
            filled += some;
            self.at.set(self.at.get() + some as u64);
        }
        Ok(filled)
    }
}

impl Seek for Endless {
    fn seek(&mut self, to: SeekFrom) -> std::io::Result<u64> {
        if let SeekFrom::Start(at) = to {
            self.at.set(at);
        }
        Ok(self.at.get())
    }
}

/// So much is read before it is looked at, whatever the file.
const AHEAD: u64 = 1024 * 1024;

fn counted(mut file: Endless) -> (u64, u64, u64) {
    let at = Rc::clone(&file.at);
    let survey = survey(&mut file, NOW, &mut |bytes| {
        assert!(at.get() <= bytes + AHEAD, "{} read, {bytes} used", at.get());
        ControlFlow::Continue(())
    })
    .unwrap();
    assert_eq!(survey.bytes, file.len());
    let (mut sits, mut refused) = (0, 0);
    let flow = read(
        &mut file,
        &survey,
        &mut Judge::new(berlin(), Vec::new()),
        &mut |bytes| {
            assert!(at.get() <= bytes + AHEAD, "{} read, {bytes} used", at.get());
            ControlFlow::Continue(())
        },
        &mut |_, judged| {
            match judged {
                Judged::Sit(_) => sits += 1,
                Judged::AlreadyThere(..) | Judged::DeletedHere(_) | Judged::Refused(..) => {
                    refused += 1;
                }
            }
            ControlFlow::Continue(())
        },
    );
    assert!(flow.unwrap().is_continue());
    (survey.rows, sits, refused)
}

#[test]
fn sixty_thousand_rows_of_a_table() {
    let file = Endless {
        begin: "start_time_unix,duration_secs,mode,label,note\n",
        // Each a thousand seconds after the one before.
        piece: "1######000,600,timer,Zazen,\n",
        end: "",
        pieces: 60_000,
        at: Rc::default(),
    };
    assert_eq!(counted(file), (60_000, 60_000, 0));
}

/// Most of Apple's file is steps and heart beats.
#[test]
fn a_large_apple_file_of_which_little_is_mindful() {
    let file = Endless {
        begin: "<?xml version=\"1.0\"?>\n<HealthData>\n",
        piece: concat!(
            " <Record type=\"HKQuantityTypeIdentifierHeartRate\" sourceName=\"Watch\" unit=\"count/min\" ",
            "startDate=\"2025-01-31 08:38:20 +0900\" endDate=\"2025-01-31 08:38:20 +0900\" value=\"######\"/>\n",
        ),
        end: concat!(
            " <Record type=\"HKCategoryTypeIdentifierMindfulSession\" sourceName=\"Watch\" ",
            "startDate=\"2025-01-31 08:38:20 +0900\" endDate=\"2025-01-31 08:58:20 +0900\"/>\n</HealthData>\n",
        ),
        pieces: 60_000,
        at: Rc::default(),
    };
    assert_eq!(counted(file), (1, 1, 0));
}
