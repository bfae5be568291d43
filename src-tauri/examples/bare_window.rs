//! A bare `WebKitGTK` window: the reference of `cargo xtask bench window`.
//!
//! Shows a static page of the same size as Mitta's window; with `--tick` its text changes once a
//! second. Nothing else: what it costs is what any window with a web view costs.

#[cfg(target_os = "linux")]
fn main() {
    use gtk::prelude::{ContainerExt as _, GtkWindowExt as _, WidgetExt as _};
    use webkit2gtk::{WebView, WebViewExt as _};

    const PAGE: &str = "<!doctype html><meta charset=utf-8><body style='background:#f6f3ec;\
        color:#1d1c1a;font:300 76px serif;display:grid;place-items:center;height:95vh'>\
        <p id=t>20:00</p>";
    const TICK: &str = "<script>let s=1200;setInterval(()=>{s--;\
        t.textContent=String(s/60|0).padStart(2,'0')+':'+String(s%60).padStart(2,'0')},1000)</script>";

    if gtk::init().is_err() {
        eprintln!("bare_window: no display");
        std::process::exit(1);
    }
    let ticks = std::env::args().any(|arg| arg == "--tick");
    let window = gtk::Window::new(gtk::WindowType::Toplevel);
    window.set_title("bare");
    window.set_default_size(900, 620);
    let view = WebView::new();
    view.load_html(&format!("{PAGE}{}", if ticks { TICK } else { "" }), None);
    window.add(&view);
    window.show_all();
    gtk::main();
}

#[cfg(not(target_os = "linux"))]
fn main() {
    eprintln!("bare_window: WebKitGTK is only on Linux");
}
