// Something done that can be taken back, for a while: the last one.
const OFFERED_MS = 20_000;

interface Undoable {
  text: string;
  /** Takes it back; it is not offered any more. */
  run: () => void;
}

export class UndoState {
  offered = $state.raw<Undoable | null>(null);

  #timer: ReturnType<typeof setTimeout> | undefined;

  offer(text: string, undo: () => void): void {
    clearTimeout(this.#timer);
    this.offered = {
      text,
      run: () => {
        this.forget();
        undo();
      },
    };
    this.#timer = setTimeout(() => this.forget(), OFFERED_MS);
  }

  forget(): void {
    clearTimeout(this.#timer);
    this.offered = null;
  }
}
