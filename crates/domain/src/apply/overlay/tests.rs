//! The overlay of unsent ops.
