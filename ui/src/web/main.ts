import "../app.css";
import "./web.css";
import { hydrate, mount } from "svelte";
import App from "./App.svelte";
import { isLocale } from "$lib/paraglide/runtime";
import { speak } from "$lib/locale.svelte";
import type { Begin } from "./api";
import { Page } from "./page.svelte";

const target = document.getElementById("app");
const text = document.getElementById("begin")?.textContent ?? "";
const drawn = JSON.parse(text || "{}") as Partial<Begin> & { out?: true };
// As the server drew it, who knows what was chosen and what the browser asks for.
const drawn_in = document.documentElement.lang;
speak(isLocale(drawn_in) ? drawn_in : "system", navigator.languages);
if (target !== null) {
  const page = new Page();
  const props = { page, invited: location.pathname.endsWith("/invite") };
  if (drawn.out === true) {
    // The form stands already, perhaps with something typed in it.
    page.phase = "out";
    hydrate(App, { target, props });
    page.begin(null, true);
  } else {
    page.begin(drawn.account === undefined ? null : (drawn as Begin), false);
    target.replaceChildren();
    mount(App, { target, props });
  }
  document.documentElement.dataset["ready"] = "";
}
