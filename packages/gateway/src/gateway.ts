import { hash } from "node:crypto";
import type { Server } from "node:http";
import type { AddressInfo } from "node:net";
import { Drain, Engine, type Notify } from "@semel/core/engine";
import {
  type KeyRecord,
  type Policy,
  PROFILES,
  type Profile,
  type Quarantine,
  type RecordKey,
  type RecordStore,
  type Vault,
} from "@semel/core/record";
import {
  type Accounts,
  type AnswerCache,
  asker,
  type FlowPorts,
  flow,
  ReplayMemory,
  type Route,
  Slots,
  type Upstream,
} from "./flow/index.ts";
import { Upstreams } from "./http/forward.ts";
import { gatewayServer, type Seen, type ServerPorts } from "./http/server.ts";
import { traced } from "./telemetry/trace.ts";
import { endOfTurn, systemClock, systemRandom } from "./world.ts";

export type GatewayOptions = Readonly<{
  routes: readonly Route[];
  upstreams: ReadonlyMap<string, Upstream>;
  accounts: Accounts;
  store: RecordStore;
  vault: Vault;
  /** What remembers completed answers between processes; null: nothing does. */
  cache: AnswerCache | null;
  epoch: () => number;
  quarantine: () => Quarantine | null;
  isFresh: () => boolean;
  publishes: boolean;
  /** How far the store's clock is ahead of this machine's, in ms. */
  storeAheadMs: number;
  listen: Readonly<{ host: string; port: number }>;
  page: ServerPorts["page"];
  seen: (exchange: Seen) => void;
  notify: Notify;
}>;

/** Beyond the longest deadline, what is left of a shutdown: completions and the last answers. */
const DRAIN_MARGIN_MS = 5_000;

/** What passes through may be silent this long at the upstream, too (undici, bodyTimeout). */
const SILENCE_MARGIN_MS = 5 * 60_000;

/** Engine, upstreams and server of one process, from start to drain. */
export class Gateway {
  readonly engine: Engine;
  readonly memory: ReplayMemory = new ReplayMemory();
  readonly #options: GatewayOptions;
  readonly #upstreams = new Upstreams();
  readonly #slots = new Map<string, Slots>();
  readonly #policies: ReadonlyMap<string, Policy>;
  readonly #server: Server;
  /** Requests that the engine does not lead, and answers that take their time. */
  readonly #exchanges = new Drain(systemClock);

  constructor(options: GatewayOptions) {
    this.#options = options;
    this.#policies = new Map(options.routes.map((route) => [route.id, route.policy]));
    const { store, vault, epoch, publishes, notify } = options;
    const { forward } = this.#upstreams;
    const upstreamOf = (record: KeyRecord): Upstream | null => options.upstreams.get(record.pins.upstream) ?? null;
    this.engine = new Engine({
      store,
      vault,
      clock: systemClock,
      random: systemRandom(),
      epoch,
      publishes,
      notify,
      isFresh: options.isFresh,
      storeAheadMs: options.storeAheadMs,
      policyOf: (route) => this.policyOf(route),
      ask: asker({ upstreamOf, forward, vault, digest }),
    });
    this.#server = gatewayServer({
      routes: options.routes,
      fallback: (path) => this.#fallback(path),
      poolOf: (upstream) => this.#upstreams.passing(upstream),
      flow: traced(flow),
      flowPorts: this.#flowPorts(),
      page: options.page,
      seen: options.seen,
      silenceMs: this.#longestMs() + SILENCE_MARGIN_MS,
      leaving: () => this.engine.leaving,
      track: (exchange) => this.#exchanges.track(exchange),
      failed: (error) => notify({ notice: "failed", key: NO_KEY, error }),
    });
  }

  get slots(): ReadonlyMap<string, Slots> {
    return this.#slots;
  }

  /** Listens, then recovers: what an earlier process left is visited by the due loop. Rejects where the port is taken. */
  async start(): Promise<number> {
    const { host, port } = this.#options.listen;
    await new Promise<void>((resolve, reject) => {
      this.#server.once("error", reject);
      this.#server.listen(port, host, resolve);
    });
    this.engine.due.start();
    return (this.#server.address() as AddressInfo).port;
  }

  /** Refuses new requests, lets sent ones finish, and leaves no claim behind. False: something was cut off. */
  async stop(): Promise<boolean> {
    const longest = this.#longestMs();
    const untilMs = systemClock.monotonicMs() + longest + DRAIN_MARGIN_MS;
    const left = this.engine.leave(longest + DRAIN_MARGIN_MS);
    const closed = new Promise<void>((resolve) => {
      this.#server.close(() => resolve());
    });
    const finished = await left;
    // An answer that the engine has let go is on its way by the end of this turn.
    await endOfTurn();
    const answered = await this.#exchanges.leave(Math.max(0, untilMs - systemClock.monotonicMs()));
    this.#server.closeIdleConnections();
    // Who has not sent a whole request by now is not waited for.
    setTimeout(() => this.#server.closeAllConnections(), 1_000).unref();
    await closed;
    await this.#upstreams.close();
    return finished && answered;
  }

  #longestMs(): number {
    return Math.max(0, ...this.#options.routes.map(({ policy }) => policy.sendWithinMs + policy.deadlineMs));
  }

  #flowPorts(): FlowPorts {
    const { accounts, vault, cache } = this.#options;
    return {
      engine: this.engine,
      vault,
      cache,
      accounts,
      memory: this.memory,
      now: systemClock.now,
      later: systemClock.later,
      endOfTurn,
      profileOf,
      slotsOf: ({ upstream }) => this.#slotsOf(upstream),
      forward: this.#upstreams.forward,
      digest,
    };
  }

  #slotsOf(upstream: Upstream): Slots {
    let slots = this.#slots.get(upstream.id);
    if (slots === undefined) {
      slots = new Slots(upstream.maxInFlight);
      this.#slots.set(upstream.id, slots);
    }
    return slots;
  }

  /** A route that the configuration has no more: nothing is declared, so nothing is relied on. */
  policyOf(route: string): Policy {
    const policy = this.#policies.get(route) ?? { ...this.#options.routes[0]!.policy, upstream: "", ladder: NO_LADDER };
    const quarantine = this.#options.quarantine();
    return quarantine === null ? policy : { ...policy, quarantine };
  }

  /** Where a request goes that matches no route: to the upstream of a route with the same path, else to the first. */
  #fallback(path: string): Upstream {
    const sibling = this.#options.routes.find(({ segments }) => path.startsWith(`/${segments[0] ?? ""}`));
    return sibling?.upstream ?? [...this.#options.upstreams.values()][0]!;
  }
}

/** What failed belongs to no key that is known. */
const NO_KEY = "!exchange" as RecordKey;

const NO_LADDER = { repeat: null, ask: null } as const;

function profileOf(route: Route): Profile {
  const profile = PROFILES.get(route.profile);
  if (profile === undefined)
    throw new Error(`Route ${route.id} names the profile ${route.profile}, which does not exist`);
  return profile;
}

function digest(body: Uint8Array): string {
  return hash("sha256", body, "base64url");
}
