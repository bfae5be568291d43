//! The page can do what Mitta's own commands let it, and nothing else: no other command of the
//! shell, no foreign script, no network.

use anyhow::Result;
use serde_json::json;

use super::{launch_at_once, with};

#[test]
fn the_page_reaches_nothing_but_its_own_commands() {
    with(|desktop| {
        launch_at_once(desktop)?;
        let globals = desktop.script("return typeof window.__TAURI__", &[])?;
        assert_eq!(globals, "undefined");

        let refused = |command: &str| -> Result<bool> {
            let code = "const [command, done] = arguments;
                window.__TAURI_INTERNALS__.invoke(command, {})
                    .then(() => done('done'), error => done(String(error)))";
            let answer = desktop.script_that_answers(code, &[json!(command)])?;
            Ok(answer.as_str().is_some_and(|it| it.contains("not allowed")))
        };
        for command in [
            "plugin:window|close",
            "plugin:window|set_size",
            "plugin:webview|create_webview_window",
            "plugin:event|emit",
            "plugin:path|resolve_directory",
            "plugin:dialog|open",
            "plugin:notification|notify",
            "plugin:window-state|restore_state",
        ] {
            assert!(refused(command)?, "{command} is open to the page");
        }

        let inline = "const script = document.createElement('script');
            script.textContent = 'window.intruder = 1';
            document.body.append(script);
            const style = document.createElement('style');
            style.textContent = 'body { opacity: 0.5 }';
            document.head.append(style);
            return [typeof window.intruder, getComputedStyle(document.body).opacity]";
        assert_eq!(desktop.script(inline, &[])?, json!(["undefined", "1"]));

        let fetch = "const done = arguments[0];
            fetch('http://127.0.0.1:9/').then(() => done('sent'), () => {});
            document.addEventListener('securitypolicyviolation',
                event => done(event.effectiveDirective))";
        let stopped_by = desktop.script_that_answers(fetch, &[])?;
        assert_eq!(stopped_by, "connect-src", "no network");

        let before = desktop.script("return location.href", &[])?;
        desktop.script("location.href = 'https://example.org/'", &[])?;
        desktop.wait_for_screen("sit")?;
        assert_eq!(desktop.script("return location.href", &[])?, before);
        Ok(())
    });
}
