import "./app.css";
import { mount } from "svelte";
import { tauriPort } from "$lib/tauri-port";
import Window from "./Window.svelte";

const target = document.getElementById("app");
if (target !== null) mount(Window, { target, props: { port: tauriPort } });
