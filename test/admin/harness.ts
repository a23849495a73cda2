import type { Policy } from "@semel/core/record";
import { type MemoryStore, memoryStore } from "@semel/core/store/memory";
import { nodeVault } from "@semel/core/vault";
import { type Bank, createBank } from "../../examples/bank/bank.ts";
import { call, type Got } from "../../examples/bank/call.ts";
import { AdminEvents } from "../../packages/gateway/src/admin/events.ts";
import type { Act, Token } from "../../packages/gateway/src/admin/options.ts";
import { type AdminServer, adminServer } from "../../packages/gateway/src/admin/server.ts";
import type { Accounts, Route, Upstream } from "../../packages/gateway/src/flow/index.ts";
import { Gateway } from "../../packages/gateway/src/gateway.ts";
import { pages } from "../../packages/gateway/src/pages/pages.ts";
import { storeDesk } from "../../packages/gateway/src/store-desk.ts";
import { type Log, openLog } from "../../packages/gateway/src/telemetry/log.ts";
import { createMetrics, type Metrics } from "../../packages/gateway/src/telemetry/metrics.ts";
import { watchOf } from "../../packages/gateway/src/watch-authority.ts";
import { systemClock } from "../../packages/gateway/src/world.ts";
import { until } from "../gateway/behind.ts";
import { SECRETS } from "../gateway/harness.ts";
import { answer, Held, Upstream as Upstreams } from "../gateway/upstream.ts";

export const ANA: Token = { name: "ana", role: "operator", secret: "ana-0123456789abcdefgh" };
export const BO: Token = { name: "bo", role: "operator", secret: "bo-0123456789abcdefgh0" };
export const VIC: Token = { name: "vic", role: "viewer", secret: "vic-0123456789abcdefgh" };

export const PAYMENTS = "POST /payments";
export const OTHERS = "POST,PATCH /**";

export type Choice = Readonly<{
  accounts?: Accounts;
  policy?: Partial<Policy>;
  /** Another upstream than the bank. */
  upstream?: URL;
  route?: Partial<Route>;
  hosts?: readonly string[];
  open?: boolean;
  logFile?: string;
  reasons?: readonly string[];
}>;

/** For tests that wait until nothing that was sent can take effect any more, which it cannot `SETTLED_MS` after a claim. */
export const QUICK = { sendWithinMs: 1_000, deadlineMs: 300 } as const;
export const SETTLED_MS = 1_700;

/** What no test waits for is long: no test is about how fast the machine is. */
const TIMES = {
  sendWithinMs: 10_000,
  deadlineMs: 10_000,
  leaseMarginMs: 100,
  skewMs: 100,
  undeclaredLagMs: 100,
  doubtAfterMs: null,
  retainMs: 60_000,
  horizonMs: 3_600_000,
  unknownHistory: "refuse",
  quarantine: null,
} as const;

const RETRIES = { retryWithinMs: 3_600_000, clientTimeoutMs: null } as const;

/** A gateway with its pages, its telemetry and its admin API in front of a demo bank, over real sockets. */
export class Harness implements AsyncDisposable {
  readonly acts: Act[] = [];
  readonly store: MemoryStore = memoryStore();
  readonly bank: Bank;
  readonly log: Log;
  readonly policy: Policy = { upstream: "bank", ladder: { repeat: null, ask: null }, ...TIMES };
  gateway!: Gateway;
  admin!: AdminServer;
  url = "";
  adminUrl = "";

  private constructor(bank: Bank, log: Log) {
    this.bank = bank;
    this.log = log;
  }

  static async start(choice: Choice = {}): Promise<Harness> {
    const file = choice.logFile;
    const log = openLog({ level: file === undefined ? "silent" : "debug", file: file ?? null });
    const harness = new Harness(await createBank(), log);
    await harness.#open(choice);
    return harness;
  }

  async #open(choice: Choice): Promise<void> {
    const upstream = bankUpstream(choice.upstream ?? new URL(this.bank.url));
    const routes = [
      routeOf(PAYMENTS, ["POST"], ["payments"], upstream, choice),
      routeOf(OTHERS, ["POST", "PATCH"], ["**"], upstream, choice),
    ];
    const accounts: Accounts = choice.accounts ?? { kind: "header", header: "x-account" };
    const vault = nodeVault(SECRETS);
    const events = new AdminEvents();
    const metrics = this.#metrics(routes);
    const policyOf = (route: string): Policy => (routes.find(({ id }) => id === route) ?? routes[0]!).policy;
    const { store, log } = this;
    const watch = await watchOf({ times: new Map([[PAYMENTS, RETRIES]]) }, store, vault, () => {});
    const { now } = systemClock;
    this.gateway = new Gateway({
      routes,
      upstreams: new Map([["bank", upstream]]),
      accounts,
      store,
      vault,
      cache: null,
      epoch: () => 1,
      quarantine: () => watch.quarantine(),
      publishes: false,
      isFresh: () => true,
      storeAheadMs: 0,
      listen: { host: "127.0.0.1", port: 0 },
      page: pages({ routes, accounts, store, vault, policyOf, now }),
      seen: (exchange) => {
        metrics.seen(exchange);
        log.seen(exchange);
      },
      notify: (notice) => {
        for (const hear of [metrics.notice, log.notice, events.notice]) hear(notice);
      },
    });
    this.url = `http://127.0.0.1:${await this.gateway.start()}`;
    this.admin = adminServer({
      engine: this.gateway.engine,
      store,
      browser: store,
      vault,
      routes,
      policyOf,
      tokens: [ANA, BO, VIC],
      hosts: choice.hosts ?? [],
      metrics: { ...metrics, open: choice.open ?? false },
      desk: storeDesk({ store, watch, due: this.gateway.engine.due, clock: systemClock }),
      ready: async () => choice.reasons ?? [],
      guarantees: new Map([[PAYMENTS, "at most once"]]),
      events,
      forget: (run) => this.gateway.memory.drop(run),
      acted: (act) => {
        this.acts.push(act);
        log.acted(act);
      },
      now,
    });
    this.adminUrl = `http://127.0.0.1:${await this.admin.start("127.0.0.1", 0)}`;
  }

  #metrics(routes: readonly Route[]): Metrics {
    const store = { name: "memory", survives: "nothing", isFresh: true, isQuarantined: false, epoch: 1 };
    return createMetrics({
      routes: routes.map(({ id }) => id),
      inFlight: () => this.gateway.engine.inFlight,
      slots: () => [...this.gateway.slots].map(([id, { taken }]) => [id, taken]),
      store: () => store,
      cache: null,
    });
  }

  pay(key: string, more: { fault?: string; account?: string; path?: string; reference?: string } = {}): Promise<Got> {
    const { fault, account = "a1", path = "/payments", reference = key } = more;
    return call(`${this.url}${path}`, {
      body: { amount: 1200, currency: "EUR", reference },
      key,
      ...(fault === undefined ? {} : { fault }),
      headers: { "x-account": account },
    });
  }

  /** A payment whose upstream answers when it is let go. */
  static async startHeld() {
    const upstream = await Upstreams.start();
    const held = new Held(answer(201));
    upstream.next.push(held.play);
    const it = await Harness.start({ upstream: upstream.url });
    const running = it.pay("k1");
    await until(() => upstream.received.length === 1);
    const end = async (): Promise<void> => {
      held.release();
      await it[Symbol.asyncDispose]();
      await upstream[Symbol.asyncDispose]();
    };
    return { it, upstream, running, release: () => held.release(), [Symbol.asyncDispose]: end };
  }

  /** A payment whose answer was lost: in doubt, for no rung is left. Resolves to its run. */
  async doubt(key: string, account = "a1"): Promise<string> {
    const got = await this.pay(key, { fault: "drop-after", account });
    return String(got.headers["idempotency-run"]);
  }

  ask(path: string, token: Token | null, body?: unknown, headers: Record<string, string> = {}): Promise<Asked> {
    const bearer: Record<string, string> = token === null ? {} : { authorization: `Bearer ${token.secret}` };
    const json: Record<string, string> = body === undefined ? {} : { "content-type": "application/json" };
    const sent = body === undefined ? {} : { body };
    return asked(call(`${this.adminUrl}${path}`, { ...sent, headers: { ...json, ...bearer, ...headers } }));
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.admin.stop();
    await this.gateway.stop();
    await this.bank.close();
    await this.log.close();
  }
}

export type Asked = Readonly<{ status: number | null; headers: Got["headers"]; text: string; json: Json }>;
/** Whatever came: tests look into it. */
export type Json = ReturnType<typeof JSON.parse>;

async function asked(got: Promise<Got>): Promise<Asked> {
  const { status, headers, text } = await got;
  const isJson = String(headers["content-type"]).includes("json");
  return { status, headers, text, json: (isJson ? JSON.parse(text) : {}) as Json };
}

function bankUpstream(url: URL): Upstream {
  return {
    id: "bank",
    url,
    accountsSeparate: true,
    key: "forward",
    keyHeader: "idempotency-key",
    words: (status) => ({
      notSuspect: status === 429 || status === 503 ? "noEffect" : status <= 500 ? "final" : "ambiguous",
      suspect: status < 300 ? "final" : "ambiguous",
    }),
    timeouts: { connectMs: 500, idleMs: 4_000 },
    maxInFlight: 64,
    answersWithinMs: null,
    ask: null,
  };
}

function routeOf(id: string, methods: string[], segments: string[], upstream: Upstream, choice: Choice): Route {
  return {
    id,
    methods,
    segments,
    upstream,
    profile: "ietf",
    mode: "enforce",
    key: { headers: ["idempotency-key"], body: null, required: true, format: "any", bytesMax: 255 },
    scopeHeaders: [],
    fingerprint: { body: "raw", headers: [] },
    waitMs: 0,
    policy: { upstream: "bank", ladder: { repeat: null, ask: null }, ...TIMES, ...choice.policy },
    requires: "nothing",
    limits: { requestBytes: 1 << 20, answerBytes: 1 << 20, headers: 64, waitersPerKey: 32 },
    ...choice.route,
  };
}
