//! The window through its driver: what is on the screen, clicks and keys.

use std::net::{Ipv4Addr, TcpListener, TcpStream};
use std::path::Path;
use std::process::Child;
use std::sync::Arc;
use std::time::Duration;

use anyhow::{Context as _, Result, anyhow, ensure};
use serde_json::{Value, json};
use thirtyfour::{By, Capabilities, WebDriver, WebElement};
use tokio::runtime::Runtime;

use super::place::Place;
use super::processes::{self, Signal};
use crate::wait::{SOON, find, until};

/// `tauri-driver` and one session with the app that it started.
pub struct Window {
    runtime: Runtime,
    driver: Child,
    session: Option<WebDriver>,
}

impl Window {
    /// Starts `app` through a driver.
    ///
    /// # Errors
    /// If the driver or the app does not come up.
    pub fn open(place: &Place, app: &Path) -> Result<Self> {
        let (port, native) = (free_port()?, free_port()?);
        let driver = place
            .command("tauri-driver")
            .args(["--port", &port.to_string()])
            .args(["--native-port", &native.to_string()])
            .stdout(place.log("driver.log")?)
            .stderr(place.log("driver.log")?)
            .spawn()
            .context("tauri-driver (cargo install tauri-driver)")?;
        let runtime = tokio::runtime::Builder::new_current_thread()
            .enable_all()
            .build()?;
        let mut window = Self {
            runtime,
            driver,
            session: None,
        };
        for port in [port, native] {
            until("the driver listens", SOON, || {
                Ok(TcpStream::connect((Ipv4Addr::LOCALHOST, port)).is_ok())
            })?;
        }
        let mut wanted = Capabilities::new();
        wanted.set("tauri:options", json!({ "application": app }))?;
        // Its HTTP client wants to be able to encrypt, although nobody does here; a second time is well.
        let _ = rustls::crypto::ring::default_provider().install_default();
        let address = format!("http://127.0.0.1:{port}");
        let session = window.runtime.block_on(async {
            WebDriver::builder(address, wanted)
                .request_timeout(Duration::from_secs(30))
                .await
        })?;
        window.session = Some(session);
        Ok(window)
    }

    fn session(&self) -> Result<&WebDriver> {
        self.session.as_ref().context("the window has no session")
    }

    /// Runs a script in the page and takes what it returns.
    ///
    /// # Errors
    /// If the script throws, or the page is gone.
    pub fn script(&self, code: &str, args: &[Value]) -> Result<Value> {
        let session = self.session()?;
        let answer = self
            .runtime
            .block_on(session.execute(code, args.to_vec()))?;
        Ok(answer.json().clone())
    }

    /// As [`Window::script`], for a script that calls its last argument with the answer.
    ///
    /// # Errors
    /// As [`Window::script`], or if it does not answer.
    pub fn script_that_answers(&self, code: &str, args: &[Value]) -> Result<Value> {
        let session = self.session()?;
        let answer = self
            .runtime
            .block_on(session.execute_async(code, args.to_vec()))?;
        Ok(answer.json().clone())
    }

    /// Gives a command of `mitta_runtime::api` the way the page does.
    ///
    /// # Errors
    /// If the page is gone. A refused command is `Ok(Err(error))`.
    pub fn rpc(&self, name: &str, args: &Value) -> Result<Result<Value, Value>> {
        self.invoke("rpc", name, args)
    }

    /// Gives a command of `mitta_sync::api` the way the page does.
    ///
    /// # Errors
    /// As [`Window::rpc`].
    pub fn account_rpc(&self, name: &str, args: &Value) -> Result<Result<Value, Value>> {
        self.invoke("account_rpc", name, args)
    }

    fn invoke(&self, door: &str, name: &str, args: &Value) -> Result<Result<Value, Value>> {
        let code = "const [door, name, args, done] = arguments;
            window.__TAURI_INTERNALS__.invoke(door, { name, args })
                .then(ok => done({ ok }), error => done({ error }));";
        let args = [json!(door), json!(name), args.clone()];
        let mut answer = self.script_that_answers(code, &args)?;
        Ok(match answer.get_mut("error") {
            Some(error) => Err(error.take()),
            None => Ok(answer.get_mut("ok").map_or(Value::Null, Value::take)),
        })
    }

    fn body(&self, attribute: &str) -> Result<String> {
        let value = self.script(
            "return document.body?.dataset[arguments[0]] ?? ''",
            &[json!(attribute)],
        )?;
        Ok(value.as_str().unwrap_or_default().to_owned())
    }

    /// The screen shown: `sit`, `sitting`, `after`, `history` or `settings`.
    ///
    /// # Errors
    /// If the page is gone.
    pub fn screen(&self) -> Result<String> {
        self.body("screen")
    }

    /// The phase of the sit shown, `none` without one.
    ///
    /// # Errors
    /// If the page is gone.
    pub fn phase(&self) -> Result<String> {
        self.body("phase")
    }

    /// Waits for a screen.
    ///
    /// # Errors
    /// If it does not come.
    pub fn wait_for_screen(&self, name: &str) -> Result<()> {
        self.wait(&format!("the screen {name}"), |it| Ok(it.screen()? == name))
    }

    /// Waits for a phase of the sit.
    ///
    /// # Errors
    /// If it does not come.
    pub fn wait_for_phase(&self, name: &str) -> Result<()> {
        self.wait(&format!("the phase {name}"), |it| Ok(it.phase()? == name))
    }

    /// Waits until the page is as wanted; tells what it was instead.
    ///
    /// # Errors
    /// If it does not become so.
    pub fn wait(&self, what: &str, is_so: impl Fn(&Self) -> Result<bool>) -> Result<()> {
        until(what, SOON, || is_so(self)).map_err(|error| {
            let text = self.all_text().unwrap_or_else(|gone| gone.to_string());
            anyhow!("{error:#}; on the screen: {text}")
        })
    }

    /// Everything that is written in the window.
    ///
    /// # Errors
    /// If the page is gone.
    pub fn all_text(&self) -> Result<String> {
        let text = self.script(
            "return document.body.dataset.screen + '/' + document.body.dataset.phase + ': '
                + document.body.innerText.replace(/\\s*\\n\\s*/g, ' | ')",
            &[],
        )?;
        Ok(text.as_str().unwrap_or_default().to_owned())
    }

    /// Whether an element with this `data-testid` is there.
    ///
    /// # Errors
    /// If the page is gone.
    pub fn has(&self, id: &str) -> Result<bool> {
        Ok(self.count(id)? > 0)
    }

    /// How many elements with this `data-testid` are there.
    ///
    /// # Errors
    /// If the page is gone.
    pub fn count(&self, id: &str) -> Result<u64> {
        let count = self.script(
            "return document.querySelectorAll(`[data-testid='${arguments[0]}']`).length",
            &[json!(id)],
        )?;
        count.as_u64().context("no number of elements")
    }

    /// Waits for an element with this `data-testid`.
    ///
    /// # Errors
    /// If it does not come.
    pub fn wait_for(&self, id: &str) -> Result<()> {
        self.wait(&format!("an element {id}"), |it| it.has(id))
    }

    /// What is written in the element with this `data-testid`.
    ///
    /// # Errors
    /// If it does not come.
    pub fn text(&self, id: &str) -> Result<String> {
        self.wait_for(id)?;
        let text = self.script(
            "return document.querySelector(`[data-testid='${arguments[0]}']`)?.innerText ?? ''",
            &[json!(id)],
        )?;
        Ok(text.as_str().unwrap_or_default().trim().to_owned())
    }

    /// Does something with an element, again if the page drew it anew meanwhile.
    fn with<F>(&self, id: &str, act: impl Fn(WebElement) -> F) -> Result<()>
    where
        F: Future<Output = Result<()>>,
    {
        let session = self.session()?;
        let mut last = None;
        let css = format!("[data-testid='{id}']");
        let done = find(id, Duration::from_secs(10), || {
            let acted = self.runtime.block_on(async {
                let element = session.find(By::Css(css.as_str())).await?;
                // WebKit leaves where it is what is seen in part, and then clicks on what hides its middle.
                let seen = "arguments[0].scrollIntoView({ block: 'nearest', inline: 'nearest' })";
                session.execute(seen, vec![element.to_json()?]).await?;
                act(element).await
            });
            Ok(match acted {
                Ok(()) => Some(()),
                Err(error) => {
                    last = Some(error);
                    None
                }
            })
        });
        done.map_err(|_| {
            let text = self.all_text().unwrap_or_else(|gone| gone.to_string());
            let error = last.map_or_else(String::new, |error| format!("{error:?}"));
            anyhow!("{id}: {error}; on the screen: {text}")
        })
    }

    /// Clicks the element with this `data-testid` as a pointer would, again where it moved away from
    /// under the pointer or takes no clicks yet, as a person would.
    ///
    /// # Errors
    /// If it does not come, something lies over it, or it takes no clicks.
    pub fn click(&self, id: &str) -> Result<()> {
        let hears = "window.pressed = false;
            const heard = () => { window.pressed = true; };
            arguments[0].addEventListener('click', heard, { once: true, capture: true })";
        self.with(id, |element| async move {
            let session = Arc::clone(element.handle());
            session.execute(hears, vec![element.to_json()?]).await?;
            element.click().await?;
            // A page that is gone by it has heard it.
            let pressed = session.execute("return window.pressed", vec![]).await;
            let missed = pressed.is_ok_and(|it| it.json() == &json!(false));
            ensure!(!missed, "it was clicked and did not hear of it");
            Ok(())
        })
    }

    /// Clicks what ends the app, which may take the driver's answer with it.
    ///
    /// # Errors
    /// If it does not come.
    pub fn click_to_quit(&self, id: &str) -> Result<()> {
        self.wait_for(id)?;
        let code = "const found = document.querySelector(`[data-testid='${arguments[0]}']`);
            setTimeout(() => found.click(), 50);";
        self.script(code, &[json!(id)]).map(drop)
    }

    /// Replaces what is in a field.
    ///
    /// # Errors
    /// If it does not come or takes no text.
    pub fn fill(&self, id: &str, text: &str) -> Result<()> {
        self.with(id, |element| async move {
            element.clear().await?;
            Ok(element.send_keys(text).await?)
        })
    }

    /// Presses keys wherever the keyboard is; named ones are those of `thirtyfour::Key`.
    ///
    /// # Errors
    /// If the page is gone.
    pub fn press(&self, keys: impl Into<thirtyfour::TypingData>) -> Result<()> {
        let session = self.session()?;
        let chain = session.action_chain().send_keys(keys);
        Ok(self.runtime.block_on(chain.perform())?)
    }

    /// Presses a key while Control is held.
    ///
    /// # Errors
    /// If the page is gone.
    pub fn press_with_control(&self, key: char) -> Result<()> {
        let session = self.session()?;
        let control = thirtyfour::Key::Control;
        let chain = session
            .action_chain()
            .key_down(control.clone())
            .send_keys(key.to_string())
            .key_up(control);
        Ok(self.runtime.block_on(chain.perform())?)
    }

    /// Loads the page anew, as a crashed or reloaded web view does.
    ///
    /// # Errors
    /// If the page is gone.
    pub fn reload(&self) -> Result<()> {
        let session = self.session()?;
        self.runtime.block_on(session.refresh())?;
        self.wait_until_drawn()
    }

    /// Whether the page shows what the engine told it.
    fn is_drawn(&self) -> bool {
        // A page that is only being loaded has no body to ask.
        self.screen()
            .is_ok_and(|it| !it.is_empty() && it != "loading")
    }

    /// Waits until the page shows what the engine told it.
    ///
    /// # Errors
    /// If it does not.
    pub fn wait_until_drawn(&self) -> Result<()> {
        self.wait("a screen is drawn", |it| Ok(it.is_drawn()))
    }

    /// Turns to the one page there is, after another was destroyed.
    ///
    /// # Errors
    /// If none comes.
    pub fn turn_to_new_page(&self) -> Result<()> {
        let session = self.session()?;
        find("a page in a new web view", SOON, || {
            let Ok(handles) = self.runtime.block_on(session.windows()) else {
                return Ok(None);
            };
            let Some(handle) = handles.last() else {
                return Ok(None);
            };
            let turned = self
                .runtime
                .block_on(session.switch_to_window(handle.clone()));
            Ok((turned.is_ok() && self.is_drawn()).then_some(()))
        })
    }
}

impl Drop for Window {
    fn drop(&mut self) {
        if let Some(session) = self.session.take() {
            // The app is ended by whoever started it, not by its driver.
            let _ = session.leak();
        }
        // On this signal it takes the native driver with it; it may have ended by itself.
        drop(processes::signal(self.driver.id(), Signal::TERM));
        let _ = self.driver.wait();
    }
}

/// A port that nobody listens on.
fn free_port() -> Result<u16> {
    let port = TcpListener::bind((Ipv4Addr::LOCALHOST, 0))?
        .local_addr()?
        .port();
    ensure!(port != 0, "no free port");
    Ok(port)
}
