import { type RecordStore, StoreError } from "@semel/core/record";
import type { Forward, Forwarded } from "@semel/gateway/flow";
import type { Around, Cluster, Node } from "../simulation/cluster.ts";
import type { Process } from "../simulation/machine.ts";
import type { Fate } from "./script.ts";

/** What happens to one call of a port instead of what should. */
export const BLOWS = [
  "crash before",
  "crash after",
  "pause before",
  "pause after",
  "unavailable",
  "lost acknowledgement",
  "never arrived",
  "clock an hour ahead",
  "clock an hour behind",
] as const;
export type Blow = (typeof BLOWS)[number];

/** Longer than any lease of the script, and than everything else that anybody waits for. */
const PAUSE_MS = 8_000;
const HOUR_MS = 3_600_000;
/** A dead process is followed by another this much later. */
const DOWN_MS = 500;

const LIE: ReturnType<RecordStore["swap"]> = Promise.resolve({ won: true });
const never = (): Promise<never> => new Promise(() => {});

/** Counts the calls of all ports, and strikes those that it is told to. */
export class Strike {
  /** Calls so far, by their place: what they were. */
  readonly calls: string[] = [];
  readonly struck: Blow[] = [];
  cluster: Cluster | null = null;
  /** An answer of the upstream was kept from this process. */
  onLost: (process: Process) => void = () => {};
  /** A process sent a payment that never came to the wire. */
  onSent: (process: Process) => void = () => {};
  readonly #blows: ReadonlyMap<number, Blow>;
  readonly #fates: Fate[];
  readonly #forgets: boolean;

  /** `forgets`: a planted lie, for the tests of the matrix itself. */
  constructor(blows: ReadonlyMap<number, Blow>, fates: readonly Fate[], forgets = false) {
    this.#blows = blows;
    this.#fates = [...fates];
    this.#forgets = forgets;
  }

  readonly around: Around = {
    store: (store, node, process) => this.#store(store, node, process),
    forward: (forward, node, process) => this.#forward(forward, node, process),
  };

  #store(store: RecordStore, node: Node, process: Process): RecordStore {
    const call = <T>(what: string, made: () => Promise<T>): Promise<T> => this.#call(what, node, process, made, STORE);
    return {
      name: store.name,
      guarantees: store.guarantees,
      now: () => store.now(),
      lineage: () => store.lineage(),
      // Looks of an idle loop are beyond counting; what one finds is written by a swap, which is counted.
      due: (now, limit) => store.due(now, limit),
      read: (key) => call("read", () => store.read(key)),
      swap: (swap) =>
        call(swap.expect === null ? "first swap" : "swap", () => (this.#forgets ? LIE : store.swap(swap))),
      drop: (rows) => call("drop", () => store.drop(rows)),
      close: () => store.close(),
    };
  }

  #forward(forward: Forward, node: Node, process: Process): Forward {
    return (upstream, request) => {
      const isQuestion = request.method === "GET";
      const lose = (): void => this.onLost(process);
      const eyes = { lost: lose, sent: () => this.onSent(process) };
      const send = isQuestion ? forward : withFate(this.#fates.shift() ?? "paid", forward, process, eyes);
      const ways: Ways<Forwarded> = {
        refuse: () => ({ kind: "unsent", note: "refused" }),
        lose: () => {
          lose();
          return { kind: "broken", note: "reset" };
        },
        vanish: () => {
          if (!request.mayStart()) return { kind: "unsent", note: "too late" };
          this.onSent(process);
          return { kind: "broken", note: "reset" };
        },
      };
      return this.#call(isQuestion ? "question" : "payment", node, process, () => send(upstream, request), ways);
    };
  }

  async #call<T>(what: string, node: Node, process: Process, made: () => Promise<T>, ways: Ways<T>): Promise<T> {
    const blow = this.#blows.get(this.calls.length);
    this.calls.push(`${process.name} ${what}`);
    if (blow === undefined) return await made();
    this.struck.push(blow);
    switch (blow) {
      case "crash before":
        this.cluster?.crash(node, `before ${what}`, DOWN_MS);
        return await never();
      case "crash after":
        await made().catch(() => {});
        this.cluster?.crash(node, `after ${what}`, DOWN_MS);
        return await never();
      case "pause before":
        this.cluster?.pause(node, PAUSE_MS);
        await process.clock.sleep(0);
        return await made();
      case "pause after": {
        const answer = await Promise.allSettled([made()]);
        this.cluster?.pause(node, PAUSE_MS);
        await process.clock.sleep(0);
        if (answer[0].status === "rejected") throw answer[0].reason;
        return answer[0].value;
      }
      case "unavailable":
        await process.clock.sleep(1);
        return ways.refuse();
      case "lost acknowledgement":
        await made();
        return ways.lose();
      case "never arrived":
        await process.clock.sleep(1);
        return ways.vanish();
      case "clock an hour ahead":
      case "clock an hour behind":
        node.machine.aheadMs += blow === "clock an hour ahead" ? HOUR_MS : -HOUR_MS;
        return await made();
      default:
        return blow satisfies never;
    }
  }
}

/** How a port says that a call was refused, that its answer is lost, and that it never arrived though nobody can tell. */
type Ways<T> = Readonly<{ refuse: () => T; lose: () => T; vanish: () => T }>;

const STORE: Ways<never> = {
  refuse: () => {
    throw new StoreError("unavailable", "Struck: refused");
  },
  lose: () => {
    throw new StoreError("in_doubt", "Struck: nobody knows");
  },
  vanish: () => {
    throw new StoreError("in_doubt", "Struck: nobody knows");
  },
};

type Eyes = Readonly<{ lost: () => void; sent: () => void }>;

function withFate(fate: Fate, forward: Forward, process: Process, eyes: Eyes): Forward {
  return async (upstream, request) => {
    switch (fate) {
      case "paid":
        return await forward(upstream, request);
      case "lost": {
        const forwarded = await forward(upstream, request);
        eyes.lost();
        return forwarded.kind === "answered" ? { kind: "broken", note: "reset" } : forwarded;
      }
      case "refused":
      case "declined": {
        await process.clock.sleep(1);
        if (!request.mayStart()) return { kind: "unsent", note: "too late" };
        eyes.sent();
        return answer(fate === "refused" ? 429 : 402, request.headers, request.body);
      }
      default:
        return fate satisfies never;
    }
  };
}

/** In the bank's own form: whose answer it is, and to what. */
function answer(status: number, asked: readonly string[], body: Uint8Array): Forwarded {
  const header = (name: string): string => asked[asked.indexOf(name) + 1] ?? "";
  const canaries = ["X-Receipt", "0", "X-Intent-Of", header("X-Intent"), "X-For", new TextDecoder().decode(body)];
  return {
    kind: "answered",
    status,
    headers: ["Content-Length", "0", ...canaries],
    body: new Uint8Array(),
    rest: null,
  };
}
