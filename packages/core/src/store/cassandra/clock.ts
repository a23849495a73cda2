import type { Instant } from "../../record/index.ts";
import type { Cql } from "./cql.ts";
import { numberOf, type Session } from "./session.ts";

export type ClockSources = Readonly<{ wall: () => number; monotonic: () => number }>;

/** The mark is written at most this long after `now()`; horizons are hours long. */
const MARK_EVERY_MS = 1_000;
/** How long one reading of a node's clock is carried on by our own: quartz drifts 3 ms in that time at worst. */
const CARRY_MS_MAX = 30_000;

/**
 * The clock of whichever node is asked, made monotonic over nodes, processes and restarts by a mark. Nodes that differ show
 * as a clock that stands still; they must keep NTP anyway, for Cassandra's own sake.
 */
export class NodeClock {
  readonly #session: Session;
  readonly #cql: Cql;
  readonly #markName: string;
  readonly #sources: ClockSources;
  #latest: number;
  #mark: number;
  #asked = { wall: 0, monotonic: 0 };
  #asking: Promise<void> | null = null;

  private constructor(session: Session, cql: Cql, markName: string, sources: ClockSources, mark: number) {
    this.#session = session;
    this.#cql = cql;
    this.#markName = markName;
    this.#sources = sources;
    this.#mark = mark;
    this.#latest = mark;
  }

  static async open(session: Session, cql: Cql, space: string, sources: ClockSources): Promise<NodeClock> {
    const markName = `${space}clock`;
    const [found] = await session.read(cql.readMark, [markName]);
    const clock = new NodeClock(session, cql, markName, sources, numberOf(found?.["value"] ?? 0));
    await clock.now();
    return clock;
  }

  async now(): Promise<Instant> {
    await this.#ask();
    if (this.#latest - this.#mark >= MARK_EVERY_MS) await this.keep();
    return this.#latest as Instant;
  }

  /** The nodes' time without asking them each time: good for choosing when a hint is looked at, and for nothing else. */
  async roughly(): Promise<Instant> {
    const { wall, monotonic } = this.#sources;
    let sinceMs = monotonic() - this.#asked.monotonic;
    // A machine that was suspended carried on with one clock only.
    if (Math.max(sinceMs, Math.abs(wall() - this.#asked.wall)) > CARRY_MS_MAX) {
      this.#asking ??= this.#ask();
      await this.#asking;
      sinceMs = monotonic() - this.#asked.monotonic;
    }
    return Math.floor(this.#latest + sinceMs) as Instant;
  }

  async keep(): Promise<void> {
    const mark = this.#latest;
    this.#mark = mark;
    await this.#session.write(this.#cql.raiseMark, [this.#markName, mark, mark]);
  }

  async #ask(): Promise<void> {
    try {
      const [row] = await this.#session.read(this.#cql.serverTime, []);
      this.#latest = Math.max(this.#latest, numberOf(row?.["now"]));
      this.#asked = { wall: this.#sources.wall(), monotonic: this.#sources.monotonic() };
    } finally {
      this.#asking = null;
    }
  }
}
