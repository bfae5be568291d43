// The window before a fake backend: `?screen=…&theme=light|dark&sync=…` shows any screen at once;
// `&place=…&click=a,b` goes on from there.
import "./app.css";
import { mount } from "svelte";
import { present } from "./testing/present";
import Window from "./Window.svelte";

const asked = new URLSearchParams(location.search);
const port = await present(asked.get("screen") ?? "sit", asked.get("theme"), asked.get("sync"));
port.settings.text_percent = Number(asked.get("text") ?? 100);
const target = document.getElementById("app");
if (target !== null) mount(Window, { target, props: { port } });
const place = asked.get("place");
if (place !== null) {
  const press = () => document.querySelector<HTMLElement>(`[data-testid=nav-${place}]`)?.click();
  setTimeout(press, 50);
  const click = asked.get("click")?.split(",") ?? [];
  click.forEach((testid, index) =>
    setTimeout(
      () => document.querySelector<HTMLElement>(`[data-testid=${testid}]`)?.click(),
      400 + index * 150,
    ),
  );
}
