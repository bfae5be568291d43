//! What can be judged by an op alone, by a table of cases.
