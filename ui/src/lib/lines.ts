// Which quiet lines are shown, each with its one action.
import { wordsFor } from "$lib/errors";
import { length } from "$lib/format";
import type { Notice } from "$lib/generated/Notice";
import { m } from "$lib/paraglide/messages";
import type { App } from "$lib/state/app.svelte";
import { bringBack, excerpt } from "$lib/words";
import { nameOf, stageOf, startSaid } from "$lib/together";

export interface Line {
  key: string;
  /** `alert` interrupts a screen reader, `status` waits. */
  role: "alert" | "status";
  text: string;
  action?: LineAction;
  also?: LineAction;
}

interface LineAction {
  name: string;
  run: () => void;
  /** Ctrl+Z does it too. */
  undoes?: boolean;
  /** It was asked for, and is not answered yet. */
  busy?: boolean;
}

/** What partners propose, and the seat that waits; the screen *Together* shows them itself. */
function ofProposals(app: App): Line[] {
  if (app.screen === "sitting" || app.screen === "together" || !app.loaded) return [];
  const { seats, together } = app;
  const now_ms = together.clock_ms;
  return together.proposals.flatMap((proposal): Line[] => {
    if (seats.isBegun(proposal) || seats.isAside(proposal)) return [];
    const answer = together.answerOf(proposal);
    const waits = answer === "joined" && stageOf(proposal, now_ms) !== "later";
    if (answer !== null && !waits) return [];
    const said = { length: length(proposal.planned_s), when: startSaid(proposal, now_ms) };
    const name = nameOf(together.membersOf(proposal.partnership_id), proposal.proposed_by);
    const busy = seats.isActing(proposal);
    const action = waits
      ? { name: m.together_seat(), busy, run: () => void seats.take(proposal) }
      : { name: m.together_join(), busy, run: () => void seats.join(proposal) };
    return [
      {
        key: `together-${proposal.together_id}`,
        role: "status",
        text: waits ? m.together_line_seat(said) : m.together_proposes({ name, ...said }),
        action,
        also: { name: m.together_decline(), busy, run: () => void seats.decline(proposal) },
      },
    ];
  });
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
    case "backup":
      line.text = m.notice_backup({ why: line.text });
      line.action = { name: m.retry(), run: () => void app.attempt(() => app.backups.again()) };
      break;
    case "database":
    case "clock":
    case "keep_awake":
    case "tray":
    case "notification":
    case "reminders":
      break;
    case "shortcut":
      line.text = m.notice_shortcut({ why: line.text });
      line.also = { name: m.hide(), run: () => app.problems.hide(notice) };
      line.action = { name: m.nav_settings(), run: () => app.go("settings") };
      break;
    case "begin":
      line.text = m.notice_begin({ why: line.text });
      break;
  }
  line.action ??= { name: m.hide(), run: () => app.problems.hide(notice) };
  return line;
}

/** Everything to be said, the most urgent last, nearest to the person's work. */
export function linesOf(app: App): Line[] {
  const { problems } = app;
  const lines = problems.shown.map((notice) => ofNotice(app, notice));
  const said = new Set(problems.notices.map((notice) => notice.error.code));
  for (const problem of problems.sound) {
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
  lines.push(...ofProposals(app));
  for (const unkept of app.unkept) {
    lines.push({
      key: `unkept-${unkept.session_id}`,
      role: "alert",
      text: m.words_unkept({ words: excerpt(unkept) }),
      action: {
        name: m.words_bring_back(),
        run: () => void app.attempt(() => bringBack(app, unkept)),
      },
      also: {
        name: m.words_drop(),
        run: () => (app.unkept = app.unkept.filter((one) => one !== unkept)),
      },
    });
  }
  const { offered } = app.undo;
  if (offered !== null) {
    const { text, run } = offered;
    lines.push({
      key: "undo",
      role: "status",
      text,
      action: { name: m.undo(), run, undoes: true },
    });
  }
  if (problems.failed !== null) {
    const { error, retry } = problems.failed;
    lines.push({
      key: "problem",
      role: "alert",
      text: wordsFor(error.code),
      action:
        retry === undefined
          ? { name: m.dismiss(), run: () => problems.forget() }
          : { name: m.retry(), run: retry },
    });
  }
  return lines;
}
