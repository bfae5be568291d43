//! The proof of sync: the real client over real data folders and the real fold of the server, in a
//! network that loses, doubles, reorders and cuts, with crashes, wrong clocks and restored servers.
//!
//! Must hold: a history is decided by its seed alone; what is checked is what was promised to persons
//! (I1 to I8, I10), read from the databases themselves; a check that cannot fail is a defect.

pub mod dice;
pub mod history;
pub mod net;
pub mod runs;
pub mod server;
pub mod trace;
