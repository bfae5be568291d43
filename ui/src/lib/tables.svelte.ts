// Which figures are shown as tables: one state for the whole window, whoever draws a figure.
import { createContext } from "svelte";

export class TablesState {
  #turned = $state.raw<ReadonlySet<string>>(new Set());
  /** The figures on the screen. */
  readonly #drawn: string[] = [];

  /** Whether a figure is shown as its table. */
  has(figure: string): boolean {
    return this.#turned.has(figure);
  }

  /** A figure is on the screen, until the returned function is called. */
  draw(figure: string): () => void {
    this.#drawn.push(figure);
    return () => void this.#drawn.splice(this.#drawn.indexOf(figure), 1);
  }

  turn(figure: string): void {
    this.#set([figure], !this.has(figure));
  }

  /** All on the screen to their tables; if all are tables, all to their pictures. */
  turnAll(): void {
    this.#set(this.#drawn, !this.#drawn.every((figure) => this.has(figure)));
  }

  #set(figures: readonly string[], tabled: boolean): void {
    const turned = new Set(this.#turned);
    for (const figure of figures) {
      if (tabled) turned.add(figure);
      else turned.delete(figure);
    }
    this.#turned = turned;
  }
}

export const [getTables, setTables] = createContext<TablesState>();
