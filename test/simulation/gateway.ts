import { Engine, type Notice } from "@semel/core/engine";
import { type Policy, PROFILES, type RecordStore } from "@semel/core/record";
import type { AuthorityWatch } from "@semel/core/store/authority";
import { GENERIC, outcomes, question, STRIPE_PROVIDER } from "@semel/core/upstream";
import type { NodeVault } from "@semel/core/vault";
import {
  asker,
  type Flowed,
  type FlowPorts,
  type Forward,
  flow,
  type Incoming,
  ReplayMemory,
  type Route,
  Slots,
  type Upstream,
} from "@semel/gateway/flow";
import { type Chance, hashOf } from "./chance.ts";
import type { Process } from "./machine.ts";
import type { Plan } from "./plan.ts";

const SLOTS = 8;

export type GatewayParts = Readonly<{
  process: Process;
  plan: Plan;
  policy: Policy;
  /** What this process knows of losses of history. */
  watch: AuthorityWatch;
  store: RecordStore;
  vault: NodeVault;
  forward: Forward;
  /** How far the store's clock is ahead of its own, as it found before it took requests. */
  storeAheadMs: number;
  chance: Chance;
  notify: (notice: Notice) => void;
}>;

/** One process of the gateway, sockets aside: the shipped engine and flow, on simulated ports. */
export class Gateway {
  readonly engine: Engine;
  readonly process: Process;
  #ports: FlowPorts;
  readonly #route: Route;

  constructor(parts: GatewayParts) {
    const { process, plan, policy, store, vault, forward, chance, notify } = parts;
    this.process = process;
    const upstream = upstreamOf(plan, policy);
    this.#route = routeOf(plan, policy, upstream);
    this.engine = new Engine({
      store,
      vault,
      clock: process.clock,
      random: { fenceDigits: () => chance.hex(20), fraction: () => chance.fraction() },
      epoch: () => parts.watch.authority.epoch,
      isFresh: () => parts.watch.isFresh(),
      publishes: false,
      notify,
      storeAheadMs: parts.storeAheadMs,
      policyOf: () => ({ ...policy, quarantine: parts.watch.quarantine() }),
      ask: asker({ upstreamOf: () => upstream, forward, vault, digest }),
    });
    const slots = new Slots(SLOTS);
    this.#ports = {
      engine: this.engine,
      vault,
      accounts: { kind: "header", header: "x-account" },
      memory: new ReplayMemory(),
      cache: null,
      now: process.clock.now,
      later: process.clock.later,
      endOfTurn: () => Promise.resolve(),
      profileOf: ({ profile }) => PROFILES.get(profile)!,
      slotsOf: () => slots,
      forward,
      digest,
    };
  }

  /** What it remembers is of a history that is lost. */
  forget(): void {
    this.#ports.memory.clear();
  }

  async answer(request: Incoming): Promise<Flowed> {
    return await flow(request, this.#route, this.#ports);
  }
}

function routeOf(plan: Plan, policy: Policy, upstream: Upstream): Route {
  return {
    id: "POST /payments",
    methods: ["POST"],
    segments: ["payments"],
    upstream,
    profile: "ietf",
    mode: "enforce",
    key: { headers: ["idempotency-key"], body: null, required: true, format: "any", bytesMax: 255 },
    scopeHeaders: [],
    fingerprint: { body: "raw", headers: [] },
    waitMs: plan.waitMs,
    policy,
    requires: "nothing",
    limits: { requestBytes: 65_536, answerBytes: 65_536, headers: 64, waitersPerKey: 32 },
  };
}

function upstreamOf({ upstream, upstreamKey }: Plan, policy: Policy): Upstream {
  const provider = upstream.honoursKeys && upstream.marksReplays ? STRIPE_PROVIDER : GENERIC;
  return {
    id: policy.upstream,
    url: new URL("http://bank.invalid"),
    accountsSeparate: true,
    key: upstreamKey,
    keyHeader: "idempotency-key",
    words: outcomes(provider),
    timeouts: { connectMs: 1_000, idleMs: 1_000 },
    maxInFlight: SLOTS,
    answersWithinMs: null,
    ask: policy.ladder.ask === null ? null : QUESTION,
  };
}

const QUESTION = question({
  get: "/payments?key={upstreamKey}",
  vars: {},
  headers: {},
  effect: { status: 200, sign: "present", pointer: "/payment" },
  noEffect: { status: 200, sign: "absent", pointer: "/payment" },
  answer: { status: 201, pointer: "/payment" },
});

/** Equal bytes have equal digests, and that is all that a digest is for here: the shipped one takes a third of a run's time. */
function digest(body: Uint8Array): string {
  return hashOf(Buffer.from(body).toString("latin1")).toString(16);
}
