// Which quiet lines are shown, each with its one action.
import { wordsFor } from "$lib/errors";
import type { Notice } from "$lib/generated/Notice";
import { m } from "$lib/paraglide/messages";
import type { App } from "$lib/state/app.svelte";

export interface Line {
  key: string;
  /** `alert` interrupts a screen reader, `status` waits. */
  role: "alert" | "status";
  text: string;
  action?: { name: string; run: () => void };
}

function ofNotice(app: App, notice: Notice): Line {
  const line: Line = {
    key: notice.topic,
    role: notice.topic === "recording" || notice.topic === "database" ? "alert" : "status",
    text: wordsFor(notice.error.code),
  };
  switch (notice.topic) {
    case "recording":
      line.text = m.notice_recording({ why: line.text });
      line.action = {
        name: m.retry(),
        run: () => void app.attempt(() => app.port.call("retry_recording", {})),
      };
      break;
    case "sound":
      line.action = { name: m.check_again(), run: () => void app.checkSound() };
      break;
    case "database":
    case "clock":
    case "keep_awake":
    case "tray":
    case "notification":
      break;
  }
  line.action ??= { name: m.hide(), run: () => app.hide(notice) };
  return line;
}

/** Everything to be said, the most urgent last, nearest to the person's work. */
export function linesOf(app: App): Line[] {
  const lines = app.notices
    .filter((notice) => !app.hidden.includes(notice))
    .map((notice) => ofNotice(app, notice));
  const said = new Set(app.notices.map((notice) => notice.error.code));
  for (const problem of app.soundProblems) {
    if (said.has(problem.code)) continue;
    said.add(problem.code);
    lines.push({
      key: problem.code,
      role: "status",
      text: wordsFor(problem.code),
      action: { name: m.check_again(), run: () => void app.checkSound() },
    });
  }
  if (app.settings.unsaved !== null) {
    lines.push({
      key: "unsaved",
      role: "alert",
      text: m.not_saved({ why: wordsFor(app.settings.unsaved.code) }),
      action: { name: m.retry(), run: () => app.settings.save() },
    });
  }
  if (app.undoable !== null) {
    const { text, undo } = app.undoable;
    lines.push({ key: "undo", role: "status", text, action: { name: m.undo(), run: undo } });
  }
  if (app.problem !== null) {
    const { error, retry } = app.problem;
    lines.push({
      key: "problem",
      role: "alert",
      text: wordsFor(error.code),
      action:
        retry === undefined
          ? { name: m.dismiss(), run: () => (app.problem = null) }
          : { name: m.retry(), run: retry },
    });
  }
  return lines;
}
