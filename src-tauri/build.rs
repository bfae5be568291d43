//! Declares the window's own commands, so that a capability has to name each.

const COMMANDS: [&str; 10] = [
    "rpc",
    "account_rpc",
    "ask_to_quit",
    "take_quit_question",
    "quit",
    "pick_sound_file",
    "pick_import_file",
    "pick_save_path",
    "pick_backup_file",
    "toggle_fullscreen",
];

fn main() {
    // The page is built into the program.
    println!("cargo::rerun-if-changed=../ui/dist");
    let manifest = tauri_build::AppManifest::new().commands(&COMMANDS);
    let attributes = tauri_build::Attributes::new().app_manifest(manifest);
    if let Err(error) = tauri_build::try_build(attributes) {
        println!("cargo::error={error:#}");
    }
}
