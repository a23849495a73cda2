import { randomBytes } from "node:crypto";
import { after, type Command, type Instant, type RecordKey } from "@semel/core/record";

export type Resolve = Command & { kind: "resolve" };

/** One person's word about a run, without evidence: nothing happens until a second person approves it. */
export type Proposal = Readonly<{
  id: string;
  run: RecordKey;
  by: string;
  effect: boolean;
  reason: string;
  expiresAt: Instant;
  command: Resolve;
}>;

/** Long enough to call a colleague; short enough that the colleague judges today's state of things. */
const PENDING_MS = 60 * 60_000;
/** In doubt are a handful of runs a day. */
const PROPOSALS_MAX = 1_000;

/** Proposals that wait for approval, one per run. In memory: a restart forgets them, and they are made again. */
export class Proposals {
  readonly #now: () => Instant;
  readonly #waiting = new Map<RecordKey, Proposal>();

  constructor(now: () => Instant) {
    this.#now = now;
  }

  of(run: RecordKey): Proposal | null {
    const proposal = this.#waiting.get(run);
    if (proposal === undefined) return null;
    if (this.#now() <= proposal.expiresAt) return proposal;
    this.#waiting.delete(run);
    return null;
  }

  /** null: too many wait. Replaces an own earlier one, under a new id: nobody approves what they did not read. */
  add(proposed: Omit<Proposal, "id" | "expiresAt">): Proposal | null {
    if (this.#waiting.size >= PROPOSALS_MAX) this.#dropExpired();
    if (this.#waiting.size >= PROPOSALS_MAX && !this.#waiting.has(proposed.run)) return null;
    const id = randomBytes(6).toString("hex");
    const proposal = { ...proposed, id, expiresAt: after(this.#now(), PENDING_MS) };
    this.#waiting.set(proposed.run, proposal);
    return proposal;
  }

  /** Only this one: another may have been made meanwhile. */
  remove(proposal: Proposal): void {
    if (this.#waiting.get(proposal.run)?.id === proposal.id) this.#waiting.delete(proposal.run);
  }

  #dropExpired(): void {
    for (const run of this.#waiting.keys()) this.of(run);
  }
}
