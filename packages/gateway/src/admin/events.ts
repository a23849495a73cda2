import type { Notice } from "@semel/core/engine";
import type { RecordKey } from "@semel/core/record";

/** What listeners are told as it happens. Completions come as counts: there are thousands a second. */
export type AdminEvent =
  | Readonly<{ event: "incident"; run: RecordKey; note: string }>
  | Readonly<{ event: "in-doubt" | "resolved" | "erased"; run: RecordKey }>
  | Readonly<{ event: "completed"; count: number }>;

export type Listener = (event: AdminEvent) => void;

/** Consoles and scripts of one team. Each holds a socket. */
const LISTENERS_MAX = 32;
const COUNT_EVERY_MS = 1_000;

/** What one process sees happen to its keys, for whoever listens now. Nothing is kept. */
export class AdminEvents {
  readonly #listeners = new Set<Listener>();
  #completed = 0;
  #timer: NodeJS.Timeout | null = null;

  /** To be called with every notice of the engine. */
  readonly notice = (notice: Notice): void => {
    if (notice.notice === "incident") this.#tell({ event: "incident", run: notice.key, note: notice.note });
    if (notice.notice !== "swap" || notice.result !== "won") return;
    const { publish, key } = notice;
    if (publish === "completed") this.#completed += 1;
    if (publish === "inDoubt") this.#tell({ event: "in-doubt", run: key });
    if (publish === "resolved" || publish === "erased") this.#tell({ event: publish, run: key });
  };

  /** false: too many listen already. */
  listen(listener: Listener): boolean {
    if (this.#listeners.size >= LISTENERS_MAX) return false;
    this.#listeners.add(listener);
    this.#timer ??= setInterval(() => this.#tellCount(), COUNT_EVERY_MS).unref();
    return true;
  }

  leave(listener: Listener): void {
    this.#listeners.delete(listener);
    if (this.#listeners.size > 0 || this.#timer === null) return;
    clearInterval(this.#timer);
    this.#timer = null;
  }

  #tellCount(): void {
    if (this.#completed > 0) this.#tell({ event: "completed", count: this.#completed });
    this.#completed = 0;
  }

  #tell(event: AdminEvent): void {
    for (const listener of this.#listeners) listener(event);
  }
}
