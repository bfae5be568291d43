// The window as a whole: what the engine told, where the person is, and what has to be said.
import { createContext } from "svelte";
import { length } from "$lib/format";
import type { RecoveryChoice } from "$lib/generated/RecoveryChoice";
import type { SessionId } from "$lib/generated/SessionId";
import type { SitView } from "$lib/generated/SitView";
import type { SleepChoice } from "$lib/generated/SleepChoice";
import type { Snapshot } from "$lib/generated/Snapshot";
import type { UnfinishedView } from "$lib/generated/UnfinishedView";
import type { Update } from "$lib/generated/Update";
import type { Dial } from "$lib/generated/Dial";
import { announcementOf } from "$lib/announce";
import { eachDay, eachTurn } from "$lib/moments";
import { m } from "$lib/paraglide/messages";
import type { Args, CommandName, Port } from "$lib/port";
import type { Unkept } from "$lib/words";
import { AccountState } from "./account.svelte";
import { AfterState } from "./after.svelte";
import { AppearanceState } from "./appearance.svelte";
import { BackupsState } from "./backups.svelte";
import { HistoryState } from "./history.svelte";
import { PartnersState } from "./partners.svelte";
import type { AddDraft } from "./past.svelte";
import { PresetsState } from "./presets.svelte";
import { DeskState } from "./desk.svelte";
import { ProblemsState } from "./problems.svelte";
import { RemindersState } from "./reminders.svelte";
import { SeatsState } from "./seats.svelte";
import { SettingsState } from "./settings.svelte";
import { SitState } from "./sit.svelte";
import { StatsState } from "./stats.svelte";
import { SyncState } from "./sync.svelte";
import { TogetherState } from "./together.svelte";
import { TransferState } from "./transfer.svelte";
import { UndoState } from "./undo.svelte";

export type Place = "sit" | "history" | "together" | "settings";
export type Screen = Place | "loading" | "sitting" | "after";

/** A command that names the live sit and answers with its new view. */
type SitCommand = "begin_now" | "pause" | "resume" | "end" | "undo_end" | "finish" | "discard";

type BeginCommand = "begin" | "begin_private" | "begin_together";

const PLACES: readonly Place[] = ["sit", "history", "together", "settings"];
const DIALS: readonly Dial[] = ["ring_and_time", "ring", "nothing"];

/** The place is kept in the address, so that a reloaded or rebuilt window opens where it was. */
function placeIn(hash: string): Place {
  return PLACES.find((place) => hash === `#${place}`) ?? "sit";
}

export class App {
  readonly port: Port;
  readonly sit: SitState;
  readonly settings: SettingsState;
  readonly appearance: AppearanceState;
  readonly history: HistoryState;
  readonly stats: StatsState;
  readonly sync: SyncState;
  readonly account: AccountState;
  readonly partners: PartnersState;
  readonly together: TogetherState;
  readonly transfer: TransferState;
  readonly backups: BackupsState;
  readonly undo = new UndoState();
  readonly problems = new ProblemsState();
  readonly seats = new SeatsState(this);
  readonly presets: PresetsState;
  readonly reminders = new RemindersState(this);
  readonly desk = new DeskState(this);

  place = $state.raw<Place>(placeIn(location.hash));
  loaded = $state.raw(false);
  /** Whether the sheet of keys is over the window. */
  shortcutsOpen = $state.raw(false);
  unfinished = $state.raw<UnfinishedView[]>([]);
  elsewhere = $state.raw<SessionId | null>(null);
  version = $state.raw("");
  quitAsked = $state.raw(false);
  /** What was typed about sits that were deleted meanwhile; until the person says what becomes of it. */
  unkept = $state.raw<Unkept[]>([]);
  after = $state.raw<AfterState | null>(null);
  busy = $state.raw(false);
  /** The next sit is begun as one that partners never see. */
  private = $state.raw(false);
  /** A past sit that is being added, until it is saved or cancelled. */
  adding = $state.raw<AddDraft | null>(null);
  /** The person asked for the account; the settings go there once they are drawn. */
  accountAsked = $state.raw(false);
  /** For the live region: start, pause, end; never seconds. */
  announcement = $state.raw("");

  screen: Screen = $derived.by(() => {
    if (!this.loaded) return "loading";
    if (this.sit.view === null) return this.place;
    return this.sit.view.phase === "ended" ? "after" : "sitting";
  });

  #stop: (() => void)[] = [];

  constructor(port: Port) {
    this.port = port;
    this.sit = new SitState(() => void this.#takeSnapshot());
    this.settings = new SettingsState(port);
    this.appearance = new AppearanceState(this.settings);
    this.presets = new PresetsState(this);
    this.history = new HistoryState(port);
    this.stats = new StatsState(port, (thrown, retry) => this.fail(thrown, retry));
    this.transfer = new TransferState(port);
    this.backups = new BackupsState(port, (text, undo) => {
      if (undo !== undefined) this.offerUndo(text, undo);
      this.announcement = text;
    });
    const announce = (text: string) => {
      if (this.sit.view === null) this.announcement = text;
    };
    this.sync = new SyncState(port, announce, () => {
      this.partners.follow(this.sync.view?.account ?? null);
      this.together.changed();
    });
    this.account = new AccountState(port, this.sync);
    this.together = new TogetherState(port, this.sync);
    this.partners = new PartnersState(port, this.sync, this.together);
  }

  /** Hears the engine first, then reads the state: nothing in between is missed. */
  async start(): Promise<void> {
    try {
      this.#stop.push(await this.port.onUpdate((update) => this.heard(update)));
      this.#stop.push(await this.port.onQuitAsked(() => (this.quitAsked = true)));
      this.#stop.push(eachTurn([this.sit, this.stats, this.together, this.partners]));
      const hour = () => this.settings.value?.day_start_hour ?? 0;
      this.#stop.push(eachDay(hour, () => this.heard({ kind: "history" })));
    } catch (thrown) {
      this.fail(thrown);
    }
    await this.#takeSnapshot();
    if (this.sit.view === null) await this.checkSound();
    await this.attempt(async () => void this.#stop.push(await this.together.start()));
    await this.attempt(async () => void this.#stop.push(await this.sync.start()));
  }

  stop(): void {
    for (const stop of this.#stop.splice(0)) stop();
    this.undo.forget();
    this.sit.stop();
    this.together.stop();
  }

  async #takeSnapshot(): Promise<void> {
    const told = this.sit.told;
    try {
      const snapshot = await this.port.call("snapshot", {});
      this.#adopt(snapshot, told === this.sit.told);
      if (this.problems.failed?.retry === this.#again) this.problems.forget();
    } catch (thrown) {
      this.fail(thrown, this.#again);
    }
  }

  readonly #again = () => void this.#takeSnapshot();

  #adopt(snapshot: Snapshot, sitIsCurrent: boolean): void {
    this.settings.receive(snapshot.settings);
    this.presets.all = snapshot.presets;
    this.unfinished = snapshot.unfinished;
    this.elsewhere = snapshot.elsewhere;
    this.problems.notices = snapshot.notices;
    this.version = snapshot.version;
    this.#followSettings();
    if (sitIsCurrent) this.#receive(snapshot.sit);
    this.loaded = true;
  }

  heard(update: Update): void {
    switch (update.kind) {
      case "sit":
        this.sit.told += 1;
        this.#receive(update.value);
        break;
      case "history":
        if (this.history.loaded) void this.attempt(() => this.history.refresh());
        this.stats.changed();
        this.together.changed();
        break;
      case "settings":
        this.settings.receive(update.value);
        this.#followSettings();
        this.stats.changed();
        break;
      case "presets":
        this.presets.all = update.value;
        break;
      case "reminders":
        this.reminders.receive(update.value);
        break;
      case "notices":
        this.problems.notices = update.value;
        break;
      case "backup":
        this.backups.progress = update.value;
        break;
      case "unfinished":
        void this.#takeSnapshot();
        break;
      case "transfer":
        this.transfer.heard(update.value);
        break;
    }
  }

  #followSettings(): void {
    this.appearance.follow();
    const dial = this.settings.value?.dial ?? this.sit.dial;
    if (this.sit.dial !== dial) this.sit.showDial(dial);
  }

  #receive(view: SitView | null): void {
    const was = this.sit.view;
    if (view !== null) this.seats.saw(view);
    // A sit that was given up while settling has nothing to say about itself.
    if (view?.phase === "ended" && view.discarded && view.completion?.credited_s === 0) {
      if (was?.session_id !== view.session_id || was.phase !== "ended") {
        const { session_id } = view;
        this.announcement = m.announce_cancelled();
        void this.attempt(() => this.port.call("dismiss", { session_id }));
      }
      view = null;
    }
    if (view?.phase === "ended") {
      if (this.after?.session_id !== view.session_id) {
        this.#leaveAfter();
        this.after = new AfterState(this.port, view);
      }
    } else {
      this.#leaveAfter();
    }
    if (view !== null && (was === null || was.phase === "ended")) this.#forget();
    if (view !== null) {
      this.sync.open = false;
      this.shortcutsOpen = false;
      this.presets.close();
    }
    this.announcement = announcementOf(was, view) ?? this.announcement;
    this.sit.receive(view);
    if (view === null || view.phase === "ended") this.quitAsked = false;
    if (view === null && was !== null) this.go("sit");
  }

  #leaveAfter(): void {
    const after = this.after;
    this.after = null;
    if (after?.changed === true) void this.#keepWords(after);
  }

  /** What was typed is there until it is written. */
  async #keepWords(after: AfterState): Promise<void> {
    try {
      await after.left();
    } catch (thrown) {
      this.fail(thrown, () => {
        this.problems.forget();
        void this.#keepWords(after);
      });
    }
  }

  /** A new sit: what was said before it no longer matters. */
  #forget(): void {
    this.problems.forget();
    this.undo.forget();
  }

  fail(thrown: unknown, retry?: () => void): void {
    this.problems.fail(thrown, retry);
    this.announcement = "";
  }

  /** Runs an act of which only the failure has to be said. */
  async attempt(act: () => Promise<unknown>): Promise<boolean> {
    try {
      await act();
      return true;
    } catch (thrown) {
      this.fail(thrown);
      return false;
    }
  }

  async #sitCall<K extends SitCommand | BeginCommand | "choose">(
    name: K,
    args: Args<K>,
  ): Promise<boolean> {
    if (this.busy) return false;
    this.busy = true;
    const told = this.sit.told;
    try {
      const view = await this.port.call(name as CommandName & K, args);
      if (told === this.sit.told) this.#receive(view as SitView);
      this.problems.forget();
      return true;
    } catch (thrown) {
      this.fail(thrown);
      return false;
    } finally {
      this.busy = false;
    }
  }

  /** Begins with the choices on screen. Nothing looks begun before the engine says so. */
  async begin(): Promise<boolean> {
    const settings = this.settings.value;
    if (settings === null || this.sit.view !== null) return false;
    const privately = this.private && this.together.partnered;
    const begun = await this.#sitCall(privately ? "begin_private" : "begin", settings.choice);
    if (begun) this.private = false;
    return begun;
  }

  beginTogether(seat: Args<"begin_together">): Promise<boolean> {
    return this.#sitCall("begin_together", seat);
  }

  async act(name: SitCommand): Promise<boolean> {
    const view = this.sit.view;
    if (view === null) return false;
    return this.#sitCall(name, { session_id: view.session_id });
  }

  async choose(choice: SleepChoice): Promise<boolean> {
    const view = this.sit.view;
    if (view === null) return false;
    return this.#sitCall("choose", { session_id: view.session_id, choice });
  }

  async recover(session_id: SessionId, choice: RecoveryChoice): Promise<void> {
    const done = await this.attempt(async () => {
      const sit = await this.port.call("recover", { session_id, choice });
      this.unfinished = this.unfinished.filter((one) => one.session_id !== session_id);
      this.announcement =
        choice === "discard" ? m.announce_discarded() : m.kept({ length: length(sit.credited_s) });
    });
    if (done && choice === "discard") this.#offerRestore(session_id, m.sit_discarded());
  }

  async delete(session_id: SessionId): Promise<void> {
    const done = await this.attempt(async () =>
      this.history.patch(await this.port.call("delete_session", { session_id })),
    );
    if (done) this.#offerRestore(session_id, m.sit_deleted());
  }

  #offerRestore(session_id: SessionId, text: string): void {
    this.offerUndo(text, () => {
      const restore = async () => {
        this.history.patch(await this.port.call("restore_session", { session_id }));
        if (this.history.loaded) await this.history.refresh();
        this.announcement = m.announce_restored();
      };
      void this.attempt(() => this.history.bring(session_id, restore));
    });
  }

  offerUndo(text: string, undo: () => void): void {
    this.undo.offer(text, undo);
  }

  /** Is all well with the choices and the sound? Said before the sit, not during it. */
  async checkSound(): Promise<void> {
    const settings = this.settings.value;
    if (settings === null) return;
    await this.attempt(async () => {
      const { problems } = await this.port.call("check_plan", { choice: settings.choice });
      this.problems.sound = problems;
    });
  }

  nextDial(): void {
    const dial = DIALS[(DIALS.indexOf(this.sit.dial) + 1) % DIALS.length] ?? "ring_and_time";
    this.setDial(dial);
  }

  setDial(dial: Dial): void {
    this.settings.change({ dial });
    this.#followSettings();
  }

  stepTextSize(step: 1 | -1 | 0): void {
    const size = this.appearance.stepText(step);
    if (size === null) return;
    this.announcement = m.announce_text_size({ size: m.percent({ n: size }) });
  }

  go(place: Place): void {
    this.sync.open = false;
    this.place = place;
    history.replaceState(null, "", `#${place}`);
  }

  goToAccount(): void {
    this.go("settings");
    this.accountAsked = true;
  }
}

export const [getApp, setApp] = createContext<App>();
