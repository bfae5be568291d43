// Something done that can be taken back, for a while: the last one.
const OFFERED_MS = 20_000;

interface Undoable {
  text: string;
  /** Takes it back; it is not offered any more. */
  run: () => void;
}

type Holder = "keyboard" | "pointer";

export class UndoState {
  offered = $state.raw<Undoable | null>(null);

  #timer: ReturnType<typeof setTimeout> | undefined;
  #left_ms = 0;
  #since_ms = 0;
  readonly #holders = new Set<Holder>();

  /** For the line that offers it: its time stands still while it has the keyboard or the pointer. */
  readonly line = {
    onfocusin: () => this.#hold("keyboard"),
    onfocusout: () => this.#letGo("keyboard"),
    onpointerenter: () => this.#hold("pointer"),
    onpointerleave: () => this.#letGo("pointer"),
  };

  offer(text: string, undo: () => void): void {
    this.#stop();
    this.offered = {
      text,
      run: () => {
        this.forget();
        undo();
      },
    };
    this.#left_ms = OFFERED_MS;
    this.#goOn();
  }

  forget(): void {
    this.#stop();
    this.#holders.clear();
    this.offered = null;
  }

  #goOn(): void {
    if (this.#holders.size > 0 || this.offered === null) return;
    this.#since_ms = performance.now();
    this.#timer = setTimeout(() => this.forget(), this.#left_ms);
  }

  #stop(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
  }

  #hold(holder: Holder): void {
    this.#holders.add(holder);
    if (this.#timer === undefined) return;
    this.#stop();
    this.#left_ms -= performance.now() - this.#since_ms;
  }

  #letGo(holder: Holder): void {
    this.#holders.delete(holder);
    if (this.#timer === undefined) this.#goOn();
  }
}
