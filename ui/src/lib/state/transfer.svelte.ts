// Sits from files and into files, as a person goes through it: choose, look, answer, import, undo.
import { Act } from "$lib/act.svelte";
import { asApiError } from "$lib/errors";
import type { ApiError } from "$lib/generated/ApiError";
import type { HistoryFormat } from "$lib/generated/HistoryFormat";
import type { ImportDone } from "$lib/generated/ImportDone";
import type { ImportFileArgs } from "$lib/generated/ImportFileArgs";
import type { ImportPreview } from "$lib/generated/ImportPreview";
import type { ImportResult } from "$lib/generated/ImportResult";
import type { ImportRowView } from "$lib/generated/ImportRowView";
import type { ImportView } from "$lib/generated/ImportView";
import type { ExportedHistory } from "$lib/generated/ExportedHistory";
import type { TransferProgress } from "$lib/generated/TransferProgress";
import type { Port } from "$lib/port";

/** What a person has said about a file's times. */
type Said = Omit<ImportFileArgs, "path">;

/** How many rows are shown at once. */
const PAGE = 50;
const NOTHING_SAID: Said = { zone: null, dates: null, times: null };

export class TransferState {
  /** The file that was chosen and is not imported yet. */
  preview = $state.raw<ImportPreview | null>(null);
  done = $state.raw<ImportDone | null>(null);
  exported = $state.raw<ExportedHistory | null>(null);
  imports = $state.raw<ImportView[]>([]);
  progress = $state.raw<TransferProgress | null>(null);
  said = $state.raw<Said>(NOTHING_SAID);
  rows = $state.raw<ImportRowView[]>([]);
  rowsTotal = $state.raw(0);
  /** The rows that are looked at; `null` while none are. */
  shown = $state.raw<ImportResult | null>(null);
  readonly act = new Act<ApiError>(asApiError);

  #path: string | null = null;
  readonly #port: Port;

  constructor(port: Port) {
    this.#port = port;
  }

  /** Whether something can be stopped. */
  get runs(): boolean {
    return this.act.busy && this.progress !== null;
  }

  heard(progress: TransferProgress): void {
    if (this.act.busy) this.progress = progress;
  }

  async read(): Promise<void> {
    await this.#run(() => this.#readImports());
  }

  async #readImports(): Promise<void> {
    this.imports = (await this.#port.call("imports", {})).imports;
  }

  /** Lets the person choose a file and looks it over. */
  async choose(): Promise<void> {
    await this.#run(async () => {
      const path = await this.#port.pickImportFile();
      if (path === null) return;
      this.#forget();
      this.#path = path;
      await this.#look();
    });
  }

  /** An answer of the person: the file is looked over as it says. */
  async say(answer: Partial<Said>): Promise<void> {
    this.said = { ...this.said, ...answer };
    await this.#run(() => this.#look());
  }

  async #look(): Promise<void> {
    if (this.#path === null) return;
    this.preview = await this.#port.call("import_preview", { path: this.#path, ...this.said });
    this.shown = null;
  }

  /** Imports the file as it was looked over. */
  async run(): Promise<void> {
    await this.#run(async () => {
      if (this.#path === null || this.preview === null) return;
      this.done = await this.#port.call("import_file", { path: this.#path, ...this.said });
      this.preview = null;
      this.shown = null;
      await this.#readImports();
    });
  }

  /** Puts the file away. */
  leave(): void {
    this.#forget();
    this.act.error = null;
  }

  async cancel(): Promise<void> {
    await this.#port.call("cancel_transfer", {});
  }

  async undo(import_seq: number): Promise<void> {
    await this.#turn("undo_import", import_seq);
  }

  async redo(import_seq: number): Promise<void> {
    await this.#turn("redo_import", import_seq);
  }

  async #turn(name: "undo_import" | "redo_import", import_seq: number): Promise<void> {
    await this.#run(async () => {
      const turned = await this.#port.call(name, { import_seq });
      if (this.done?.import?.import_seq === import_seq) {
        this.done = { ...this.done, import: turned };
      }
      await this.#readImports();
    });
  }

  /** Shows the first rows with that result, or none. */
  async show(result: ImportResult | null): Promise<void> {
    this.shown = result;
    this.rows = [];
    this.rowsTotal = 0;
    if (result !== null) await this.more();
  }

  async more(): Promise<void> {
    const result = this.shown;
    if (result === null) return;
    await this.#run(async () => {
      const offset = this.rows.length;
      const page = await this.#port.call("import_rows", { result, offset, limit: PAGE });
      if (this.shown !== result) return;
      this.rows = [...this.rows, ...page.rows];
      this.rowsTotal = page.total;
    });
  }

  /** Writes all rows and what became of them where the person says. */
  async saveRows(suggested: string): Promise<void> {
    await this.#run(async () => {
      const path = await this.#port.pickSavePath(suggested);
      if (path !== null) await this.#port.call("save_import_rows", { path });
    });
  }

  async export(format: HistoryFormat, suggested: string): Promise<void> {
    this.exported = null;
    await this.#run(async () => {
      const path = await this.#port.pickSavePath(suggested);
      if (path !== null) this.exported = await this.#port.call("export_history", { path, format });
    });
  }

  async #run(act: () => Promise<unknown>): Promise<void> {
    this.progress = null;
    await this.act.run(act);
    this.progress = null;
  }

  #forget(): void {
    this.#path = null;
    this.preview = null;
    this.done = null;
    this.said = NOTHING_SAID;
    this.shown = null;
  }
}
