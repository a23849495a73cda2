import type { Instant, RecordKey, Row } from "../../record/index.ts";
import type { NodeClock } from "./clock.ts";
import type { FoundHint, Hints } from "./hints.ts";
import { inParallel } from "./parallel.ts";
import { isPassed } from "./passed.ts";
import type { Records } from "./records.ts";
import type { Scan } from "./scan.ts";

/** Rows read at a time. Each read is a round of Paxos, and payments come first. */
const READS_AT_ONCE = 16;

/** A place to look at: a hint, or only a key that the scan came by. */
type Lead = Readonly<{ key: RecordKey; dueAt: Instant; hint: FoundHint | null }>;

/** The rows whose time has come: hints say where to look, the rows themselves what is true. */
export class DueRows {
  readonly #records: Records;
  readonly #hints: Hints;
  readonly #scan: Scan;
  readonly #clock: NodeClock;

  constructor(records: Records, hints: Hints, scan: Scan, clock: NodeClock) {
    this.#records = records;
    this.#hints = hints;
    this.#scan = scan;
    this.#clock = clock;
  }

  async list(now: Instant, limit: number): Promise<readonly Row[]> {
    const storeNow = await this.#clock.roughly();
    // A row that was late when it was written has its hint at the time of that writing.
    const until = Math.max(now, storeNow) as Instant;
    const hints = await this.#hints.collect(until, limit);
    const leads = [
      ...hints.map((hint): Lead => ({ key: hint.key, dueAt: hint.dueAt, hint })),
      ...this.#scan.overdue().map((row): Lead => ({ ...row, hint: null })),
    ];
    const inTime = leads.filter(({ dueAt }) => dueAt <= now).sort((a, b) => a.dueAt - b.dueAt);
    const found = await this.#follow(inTime, now, limit, storeNow);
    return found.sort((a, b) => a.dueAt - b.dueAt).slice(0, limit);
  }

  /** Follows leads, earliest first, until nothing that is left can be among the first `limit`. */
  async #follow(leads: readonly Lead[], now: Instant, limit: number, storeNow: Instant): Promise<Row[]> {
    const rows = new Map<RecordKey, Row | null>();
    const due = (): Row[] => [...rows.values()].filter((row): row is Row => row !== null && row.dueAt <= now);
    for (let at = 0; at < leads.length; at += READS_AT_ONCE) {
      const some = leads.slice(at, at + READS_AT_ONCE);
      const keys = new Set(some.map(({ key }) => key).filter((key) => !rows.has(key)));
      await inParallel([...keys], READS_AT_ONCE, async (key) => rows.set(key, await this.#records.read(key)));
      await inParallel(some, READS_AT_ONCE, (lead) => this.#settle(lead, rows.get(lead.key) ?? null, now, storeNow));
      const reached = some.at(-1)?.dueAt ?? now;
      if (due().filter(({ dueAt }) => dueAt <= reached).length >= limit) break;
    }
    return due();
  }

  /** A lead that leads nowhere any more is forgotten, once that is certain. */
  async #settle({ key, hint }: Lead, row: Row | null, now: Instant, storeNow: Instant): Promise<void> {
    if (hint === null) {
      if (row === null || row.dueAt > now) this.#scan.forget(key);
    } else if (row?.fence !== hint.fence) {
      if (isPassed(hint, row?.fence ?? null, storeNow)) await this.#hints.remove(hint).catch(() => {});
      else this.#hints.setAside(hint, storeNow);
    }
  }
}
