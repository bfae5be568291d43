//! How bad a history's network, server and clocks are: drawn once, so that some histories are calm and
//! get far, and others storm.

use crate::dice::Dice;

/// A day, in milliseconds.
pub const DAY_MS: i64 = 86_400_000;

/// How often each fault is, in a thousand messages or steps.
#[derive(Debug, Clone, Copy)]
pub struct Faults {
    /// A request never arrives.
    pub request_lost: usize,
    /// A request arrives, and will again.
    pub request_doubled: usize,
    /// The server says that it is busy.
    pub busy: usize,
    /// The server finds the push too large.
    pub too_large: usize,
    /// The server dies before it commits.
    pub dies_before: usize,
    /// The server dies after it has committed.
    pub dies_after: usize,
    /// A reply never arrives.
    pub reply_lost: usize,
    /// A reply is cut.
    pub reply_cut: usize,
    /// A reply arrives, and will again.
    pub reply_doubled: usize,
    /// How many changes a page has at most.
    pub page: u32,
}

impl Faults {
    /// None at all.
    pub const fn none(self) -> Self {
        Self {
            request_lost: 0,
            request_doubled: 0,
            busy: 0,
            too_large: 0,
            dies_before: 0,
            dies_after: 0,
            reply_lost: 0,
            reply_cut: 0,
            reply_doubled: 0,
            page: self.page,
        }
    }

    /// As bad as the dice say.
    pub fn draw(dice: &mut Dice) -> Self {
        let most = [0, 60, 200, 400][dice.below(4)];
        let mut fault = || dice.below(most + 1);
        Self {
            request_lost: fault(),
            request_doubled: fault(),
            busy: fault(),
            too_large: fault(),
            dies_before: fault(),
            dies_after: fault(),
            reply_lost: fault(),
            reply_cut: fault(),
            reply_doubled: fault(),
            page: [1, 2, 5, 500][dice.below(4)],
        }
    }
}

/// How far a device's clock is from the true one: mostly a little, sometimes days.
pub fn skew(dice: &mut Dice) -> i64 {
    if dice.chance(500) {
        dice.between(-2_000, 2_000)
    } else {
        dice.between(-9 * DAY_MS, 9 * DAY_MS)
    }
}
