import type { FaultProxy } from "../fault-proxy.ts";

/** What a fault may know of the lane that it strikes. */
export type Stage = Readonly<{
  random: () => number;
  /** Final answers that were told for the first time since then, on the clock of `performance`. */
  answeredSince: (from: number) => number;
  /** Whether customers still come: without them nothing can be said of the service. */
  isPaying: () => boolean;
  /** Asks once more for an answer that was told, at any gateway and over no wire that breaks. The time it took, null: none. */
  replay: () => Promise<number | null>;
  /** What the gateways count under this name, together; those that are down count nothing. */
  metric: (name: string) => Promise<number>;
}>;

/** Befalls the servers, and resolves when it is over and they serve again. */
export type Fault = (stage: Stage) => Promise<void>;

/** The private servers that the gateways of a lane work on. */
export type Ground = AsyncDisposable &
  Readonly<{
    /** What names them in the file of one gateway: `store: …`. */
    lines: (gateway: number) => string;
    /** What a client library of the gateway wants to find in its environment. */
    environment: Readonly<Record<string, string>>;
    /** Between the gateways and the servers. */
    wires: readonly FaultProxy[];
    /** By the name of each count. Every run begins with one of each, in this order. */
    faults: Readonly<Record<string, Fault>>;
    /** The first round of faults takes so long on a busy machine: a longer run in which one never struck has not passed. */
    firstRoundMs: number;
    /** From now on wires break. */
    begin: (stage: Stage) => void;
    /** Nothing breaks any more, and all that is down is brought up. */
    calm: () => Promise<void>;
    /** What the run shows besides its counts, once it is over. */
    notes: () => readonly string[];
    /** Why this run proves less than it should. */
    complaints: () => readonly string[];
  }>;

/** Gateways of a lane: more than two, so that one can be behind while the others agree. */
export const GATEWAYS = 3;

/** Times as short as a busy database lets them be: a claim takes two flushed writes of a machine that does everything else too. */
const [SEND_WITHIN_MS, DEADLINE_MS] = [1_000, 1_000];
/** sendWithin + deadline + margin (5 s) + skew (5 s): nobody takes over from a dead holder before. */
export const TAKEOVER_MS: number = SEND_WITHIN_MS + DEADLINE_MS + 5_000 + 5_000;
export const TIMES = `sendWithin: ${SEND_WITHIN_MS}ms, deadline: ${DEADLINE_MS}ms`;
