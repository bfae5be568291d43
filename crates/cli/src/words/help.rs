//! What `--help` says.

pub const ABOUT: &str = "A meditation timer. Without a command it opens Mitta's window.";
pub const MORE: &str = "\
The data folder is the one of the window; MITTA_DATA_DIR names another.

With --json, results are JSON on the standard output (one document; one a line for `sit`), and
errors are {\"error\": {\"code\", \"message\", \"session_id\"}} on the standard error.

Exit codes:
    0    done
    1    failed, or `doctor` found something to do
    2    the command line, a length or another choice is not possible
    3    another sit is running (sit_running); nothing was recorded
    4    there is no such sit, or it is not in the state for this
    5    the data folder or the database cannot be used
    6    a sit was sat, and its end could not be recorded: it stays unfinished
    7    not in step with the server; nothing is lost
  129    the terminal was closed during a sit (SIGHUP): it stays unfinished
  143    ended by SIGTERM during a sit: it stays unfinished";
pub const JSON: &str = "Print JSON, for scripts";

pub const SIT: &str = "Sit: record a session, ring the bells";
pub const SIT_MORE: &str = "\
What is not given is as in the last sit, also in the window.

Ctrl+C asks whether to end the sit, go on, or discard it; it goes on meanwhile, and a second
Ctrl+C ends it. Where nobody can be asked (--json, no terminal), Ctrl+C ends it, a question at
the end is answered with what was planned, and that is said. SIGTERM and SIGHUP leave the sit
unfinished: `mitta recover` or the window decides on it. An unfinished sit is named and never
resumed here.

Examples:
    mitta sit                              as the last time
    mitta sit 20                           20 minutes
    mitta sit 1h30m --intervals 15         a bell every 15 minutes
    mitta sit 45 --intervals 'at 25,35'    bells after 25 and 35 minutes
    mitta sit 90s --preparation 0 --no-sound
    mitta sit open                         open-ended";
pub const LENGTH: &str =
    "How long: 20 (minutes), 90s, 1:30 (minutes:seconds), 1h30m, or `open` for open-ended";
pub const NO_SOUND: &str = "Ring nothing";
pub const PREPARATION: &str = "Time to settle before the sit, 0 to 5 minutes, such as 10s or 1:30";
pub const INTERVALS: &str =
    "Interval bells: `none`, `5` (every 5 minutes), `at 25,30`, or `random 3-8` (minutes apart)";
pub const LABEL: &str = "A word for this kind of sit; `--label=` for none";

pub const LOG: &str = "List the newest sits";
pub const COUNT: &str = "How many";
pub const STATS: &str = "Totals of today, the weeks, the month, and all";

pub const RECOVER: &str = "Decide on an unfinished sit; without arguments, list them";
pub const RECOVER_MORE: &str = "\
    planned    record the planned length
    seen       record what had been sat when it was last seen
    discard    record nothing (the window can restore it)";
pub const SESSION_ID: &str = "The unfinished sit";
pub const CHOICE: &str = "What to record of it";

pub const DOCTOR: &str = "Look over database, sound, clock and folder; says what to do";

pub const PROFILE: &str =
    "Keep this person's sits apart, in a profile of that name (letters, digits, - and _)";
pub const SYNC: &str = "Send what waits and fetch what is new, now";
pub const SYNC_MORE: &str =
    "Exit code 7: not everything is in step; the text says why. Nothing is lost.";
pub const STATUS: &str = "Only tell how things are";
pub const ACCOUNT: &str = "The account that syncs and shares; without a command, how things are";
pub const ACCOUNT_MORE: &str = "\
Without an account everything stays on this computer and nothing is sent. Passwords are typed
unseen; where there is no terminal they are read from the standard input, one a line.";
pub const SIGN_UP: &str = "Make an account and sign this device in";
pub const SIGN_IN: &str = "Sign this device in";
pub const RECOVER_ACCOUNT: &str = "Set a new password with the recovery code and sign in";
pub const CLAIM: &str = "Add the sits on this computer to the account";
pub const SIGN_OUT: &str = "Sign out; the history stays here";
pub const LEAVE_SERVER: &str = "Let go of the server, to sign in on another one";
pub const DEVICES: &str = "List the devices of the account";
pub const REVOKE: &str = "Sign that device out";
pub const PASSWORD: &str = "Change the password; signs every other device out";
pub const RECOVERY_CODE: &str = "Make a new recovery code; the old one is void";
pub const EXPORT_ACCOUNT: &str = "Write all that the server has of you into a file";
pub const FILE: &str = "The file; it must not be there yet";
pub const ERASE: &str =
    "Erase the account and all that the server has of you; the history here stays";
pub const ERASE_SURE: &str = "That it is meant";
pub const REJECTED: &str = "List the changes that the server refused";
pub const EXPORT_REJECTED: &str = "Write them into a file";
pub const DISMISS: &str = "Take that one off the list";
pub const DISPLAY_NAME: &str = "How partners see you";
pub const SERVER: &str = "The server's address; https:// may be left out";
pub const LOGIN: &str = "The login";
pub const DEVICE_NAME: &str = "What to call this device; the computer's name otherwise";
pub const TOKEN_FILE: &str =
    "Where there is no keyring, keep the sign-in in a file that only you can read";
pub const ADD_SITS: &str = "Add the sits on this computer to the account";

pub const PARTNERS: &str =
    "With whom sits are shared; without a command, list partners and invites";
pub const PARTNERS_MORE: &str = "\
One begins a partnership and invites, the other accepts, the first confirms. From then on each sees
when the other sat and for how long, never notes unless marked.

Examples:
    mitta partners create 'Morning room'
    mitta partners invite --code           a code to read aloud, good for ten minutes
    mitta partners accept ABCD-EFGH
    mitta partners sits -n 10";
pub const PARTNERSHIP: &str = "Which partnership, by name or id, where there are several";
pub const CREATE: &str = "Begin a partnership";
pub const PARTNERSHIP_NAME: &str = "Its name, as all members see it";
pub const SHARE_SINCE: &str = "Share own sits of this date (YYYY-MM-DD) and later; today otherwise";
pub const INVITE: &str = "Make an invite for one person, good for seven days";
pub const INVITE_CODE: &str = "A short code to read aloud, good for ten minutes";
pub const WITHDRAW: &str = "Take an own invite back";
pub const INVITE_ID: &str = "The invite; `mitta partners` lists them";
pub const ACCEPT: &str = "Accept an invite; the inviter then confirms";
pub const INVITE_SECRET: &str = "The code or link as it was given";
pub const CONFIRM: &str = "Welcome the person who accepted an own invite";
pub const TURN_AWAY: &str = "Turn the person away who accepted an own invite";
pub const PAUSE: &str = "Keep new sits private; what is shared already stays shared";
pub const RESUME: &str = "Share new sits again";
pub const SINCE: &str =
    "Change since when own sits are shared; says what that does before it does it";
pub const SINCE_DATE: &str = "The first date (YYYY-MM-DD) that is shared";
pub const LEAVE: &str = "Leave a partnership; says what that does before it does it";
pub const SURE: &str = "That it is meant; without it nothing is changed";
pub const SITS: &str = "This week of everybody and the newest sits of partners, as last synced";
