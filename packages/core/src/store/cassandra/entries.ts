import type { Fence, Instant, OutboxBatch, OutboxEntry, RecordKey } from "../../record/index.ts";
import { NEVER } from "../../record/index.ts";
import type { NodeClock } from "./clock.ts";
import type { FoundHint, Hint, Hints } from "./hints.ts";
import { inParallel } from "./parallel.ts";
import { isPassed } from "./passed.ts";
import type { Records } from "./records.ts";
import type { Scan } from "./scan.ts";
import { pack, unpack } from "./ticket.ts";

/** Entries read, or removed, at a time. Each is a round of Paxos, and payments come first. */
const AT_ONCE = 16;
const NO_HINT = 0 as Instant;

type Lead = Readonly<{ key: RecordKey; fence: Fence; hint: FoundHint | null }>;

/** Entries that wait in the partitions of their rows. Hints say where. */
export class Entries {
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

  async take(limit: number): Promise<OutboxBatch> {
    const leads = await this.#leads(limit);
    const taken = new Map<string, Readonly<{ entry: OutboxEntry; lookAt: Instant }>>();
    for (let at = 0; at < leads.length && taken.size < limit; at += AT_ONCE) {
      await inParallel(leads.slice(at, at + AT_ONCE), AT_ONCE, async (lead) => {
        const entry = await this.#records.readEntry(lead.key, lead.fence);
        if (entry === null) await this.#miss(lead);
        else taken.set(`${lead.key} ${lead.fence}`, { entry, lookAt: lead.hint?.lookAt ?? NO_HINT });
      });
    }
    const batch = [...taken.values()].slice(0, limit);
    const ticket = pack(batch.map(({ entry: { key, fence }, lookAt }) => ({ key, fence, lookAt })));
    return { entries: batch.map(({ entry }) => entry), ticket };
  }

  async ack({ ticket }: OutboxBatch): Promise<void> {
    await inParallel(unpack(ticket), AT_ONCE, async ({ key, fence, lookAt }) => {
      await this.#records.removeEntry(key, fence);
      this.#scan.forgetEntry({ key, fence });
      const hint: Hint = { key, fence, lookAt, dueAt: lookAt };
      // One that stays behind is removed by whoever finds that it leads nowhere.
      if (lookAt !== NO_HINT) await this.#hints.remove(hint).catch(() => {});
    });
  }

  async #leads(limit: number): Promise<readonly Lead[]> {
    const hints = await this.#hints.collect(NEVER, limit);
    const found = this.#scan.waiting().map((entry): Lead => ({ ...entry, hint: null }));
    return [...hints.map((hint): Lead => ({ key: hint.key, fence: hint.fence, hint })), ...found];
  }

  /** It was acknowledged elsewhere, or its swap is on its way, or was lost. */
  async #miss({ key, fence, hint }: Lead): Promise<void> {
    const now = await this.#clock.roughly();
    if (hint === null) this.#scan.forgetEntry({ key, fence });
    else if (isPassed(hint, null, now)) await this.#hints.remove(hint).catch(() => {});
    else this.#hints.setAside(hint, now);
  }
}
