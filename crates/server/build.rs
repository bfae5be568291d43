//! refinery embeds the migrations, but does not notice a new file by itself.

fn main() {
    println!("cargo::rerun-if-changed=../../migrations/postgres");
}
