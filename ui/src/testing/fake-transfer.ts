// What the fake backend does with files of sits: one file, as the real one would look it over.
import type { ImportCounts } from "$lib/generated/ImportCounts";
import type { ImportPreview } from "$lib/generated/ImportPreview";
import type { ImportRowView } from "$lib/generated/ImportRowView";
import type { ImportView } from "$lib/generated/ImportView";
import type { RefusalCode } from "$lib/generated/RefusalCode";
import type { Args, CommandName, Reply } from "$lib/port";
import { apiError } from "./fake-calls";

type TransferCommand =
  | "import_preview"
  | "import_file"
  | "cancel_transfer"
  | "import_rows"
  | "save_import_rows"
  | "imports"
  | "undo_import"
  | "redo_import"
  | "export_history";
type Handlers = { [K in TransferCommand & CommandName]: (args: Args<K>) => Reply<K> };

const COUNTS: ImportCounts = {
  new: 1204,
  corrects: 0,
  again: 0,
  ended: 0,
  already_there: 3,
  deleted_here: 0,
  deleted_in_file: 0,
  refused: 2,
};
const NOTHING: ImportCounts = { ...COUNTS, new: 0, already_there: 1207 };

function row(line: number, patch: Partial<ImportRowView>): ImportRowView {
  return {
    line,
    result: "new",
    started_at_ms: null,
    utc_offset_s: 7200,
    credited_s: 0,
    other_started_at_ms: null,
    remark: null,
    refusal: null,
    ...patch,
  };
}

export class FakeTransfer {
  /** What the file is; its questions are those that were not answered. */
  file: ImportPreview = {
    file_name: "insight.csv",
    kind: "insight_timer",
    encoding: "utf8",
    breaks_off: false,
    dates: "open",
    asks: ["zone", "dates"],
    zone: "Europe/Berlin",
    order: "month_first",
    times: "local",
    counts: COUNTS,
    credited_s: 1_684_800,
    from: "2019-03-02",
    to: "2026-11-20",
    before: null,
    is_read_otherwise: false,
  };
  rows: ImportRowView[] = [
    row(2, { started_at_ms: Date.UTC(2026, 10, 20, 6), credited_s: 2700 }),
    row(7, {
      result: "refused",
      refusal: { code: "not_a_time", detail: "soon", other_line: null, other_started_at_ms: null },
    }),
    row(9, {
      result: "refused",
      refusal: {
        code: "overlaps_in_file",
        detail: null,
        other_line: 8,
        other_started_at_ms: null,
      },
    }),
    row(11, {
      result: "refused",
      started_at_ms: Date.UTC(2026, 10, 18, 6, 5),
      other_started_at_ms: Date.UTC(2026, 10, 18, 6),
      credited_s: 1200,
      refusal: {
        code: "overlaps_here",
        detail: null,
        other_line: null,
        other_started_at_ms: Date.UTC(2026, 10, 18, 6),
      },
    }),
    row(12, {
      result: "already_there",
      started_at_ms: Date.UTC(2026, 10, 17, 6),
      other_started_at_ms: Date.UTC(2026, 10, 17, 6, 1),
      credited_s: 1200,
    }),
  ];
  made: ImportView[] = [];

  /** One more row that is refused, about nothing else. */
  refuse(line: number, code: RefusalCode): void {
    const refusal = { code, detail: null, other_line: null, other_started_at_ms: null };
    this.rows.push(row(line, { result: "refused", refusal }));
  }

  #turn(import_seq: number, is_undone: boolean): ImportView {
    const one = this.made.find((made) => made.import_seq === import_seq);
    if (one === undefined) throw apiError("unknown_import");
    one.is_undone = is_undone;
    one.taken_back = is_undone ? one.sits : 0;
    return one;
  }

  readonly commands: Handlers = {
    import_preview: ({ zone, dates, times }) => {
      const said = { zone, dates, times };
      const standing = this.made.some((made) => !made.is_undone);
      return {
        ...this.file,
        asks: this.file.asks.filter((question) => said[question] === null),
        zone: zone ?? this.file.zone,
        order: dates ?? this.file.order,
        counts: standing ? NOTHING : this.file.counts,
        from: standing ? null : this.file.from,
        to: standing ? null : this.file.to,
      };
    },
    import_file: ({ zone, dates }) => {
      if (zone === null || dates === null) throw apiError("import_unanswered");
      const made: ImportView = {
        import_seq: this.made.length + 1,
        file_name: this.file.file_name,
        kind: this.file.kind,
        begun_at_ms: Date.now(),
        is_finished: true,
        is_undone: false,
        sits: this.file.counts.new,
        taken_back: 0,
      };
      const done = { counts: this.file.counts, is_cancelled: false };
      if (made.sits === 0) return { ...done, import: null };
      this.made.unshift(made);
      return { ...done, import: made };
    },
    cancel_transfer: () => ({}),
    import_rows: ({ result, offset, limit }) => {
      const rows = this.rows.filter((one) => result === null || one.result === result);
      return { rows: rows.slice(offset, offset + limit), total: rows.length };
    },
    save_import_rows: () => ({}),
    imports: () => ({ imports: this.made }),
    undo_import: ({ import_seq }) => this.#turn(import_seq, true),
    redo_import: ({ import_seq }) => this.#turn(import_seq, false),
    export_history: ({ path }) => ({ path, sits: 1204 }),
  };
}
