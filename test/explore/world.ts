import type { Fence } from "../../packages/core/src/record/fence.ts";
import type { Instant } from "../../packages/core/src/record/instant.ts";
import type { Policy } from "../../packages/core/src/record/policy.ts";
import type * as RunModule from "../../packages/core/src/record/run.ts";

export type Run = RunModule.Run;
export type Write = RunModule.Write;
export type Seen = RunModule.Seen;

/** The part of the kernel that the explorer drives: the shipped one, or one with a rule patched out. */
export type Kernel = Pick<typeof RunModule, "begin" | "advance" | "maySend">;

/** How often each fault may strike along one path: what keeps the search finite. */
export type Budget = Readonly<{
  crash: number;
  /** The write happened, its acknowledgement was lost. */
  lostAck: number;
  /** The write was reported lost, and lands later (or never). */
  lateWrite: number;
  unavailable: number;
  unsent: number;
  policyChange: number;
}>;

/** `shadow`: a request that goes out whatever its record says. `operator`: says what can be seen at the upstream. */
export type Role = "request" | "shadow" | "due" | "operator";

export type Scenario = Readonly<{
  name: string;
  roles: readonly Role[];
  /** The clock of each process runs ahead of the true one by this many ticks; at most the policy's skew. */
  offsets: readonly number[];
  /** Policies in force one after the other; a `policyChange` moves on to the next. */
  policies: readonly Policy[];
  /** How long after its socket is gone a request may still take effect. */
  upstreamLag: number;
  /** What a landing may lead to. */
  landings: readonly Landing[];
  budget: Budget;
  /** The tick at which the authority may lose its history, and the next policy declares the quarantine; null: never. */
  lossAt: number | null;
  until: number;
}>;

/**
 * `ok`: took effect (or was recognised), answered. `lost`: the same, the answer never arrives. `broken`: the same,
 * answered 502. `refused`: a final-looking 404 from in front of the operation. `busy`: 429, nothing happened.
 */
export type Landing = "ok" | "lost" | "broken" | "refused" | "busy";

export type Process = Readonly<{
  role: Role;
  offset: number;
  status: "waiting" | "working" | "sent" | "asked" | "finished" | "crashed";
  run: Run | null;
  minted: number;
  /** The policy that it knows of: the one in force when it last heard from the store or the upstream. */
  policy: number;
  /** A question that was put: when, and what the upstream said then. */
  question: Readonly<{ askedAt: Instant; yes: boolean }> | null;
  /** The upstream reported success to this process. */
  heardSuccess: boolean;
  /** In shadow mode, until its request has left: when it is too late for that. */
  startBy: number | null;
}>;

/** `ours`: Semel answers for its effect: it was enforced, and its claim was not lost on a route that accepts such a loss. */
export type Flight = Readonly<{ by: number; upstreamKey: string; sentAt: number; ours: boolean; attempt: Fence }>;

export type State = Readonly<{
  now: number;
  policy: number;
  row: (Seen & Readonly<{ dueAt: Instant }>) | null;
  processes: readonly Process[];
  /** The row before its latest write: what a restored backup brings back. Kept only where history may be lost. */
  before: State["row"];
  /** Writes reported lost that may still land. */
  writes: readonly Write[];
  flights: readonly Flight[];
  /** Upstream keys it remembers, and until when: counted from their first receipt, by what it declared then. */
  memory: readonly Readonly<{ key: string; until: number }>[];
  effects: number;
  /** Effects of enforced requests, under claims that count: at most one, and none besides another. */
  ours: number;
  /** A settled row was dropped past its horizon: from here on the key is new, and nobody claims it who began before. */
  forgotten: boolean;
  /** The one answer that clients were given, by its sense and bytes. */
  told: string | null;
  budget: Budget;
}>;

export type Move = Readonly<{ label: string; state: State; violation: string | null }>;
