import { randomBytes } from "node:crypto";
import type { Notice } from "@semel/core/engine";
import type { Ladder, Policy, RecordStore, Words } from "@semel/core/record";
import { memoryStore } from "@semel/core/store/memory";
import { nodeVault } from "@semel/core/vault";
import { type Bank, type BankOptions, createBank } from "../../examples/bank/bank.ts";
import { call } from "../../examples/bank/call.ts";
import type { Accounts, AnswerCache, Question, Route, Upstream } from "../../packages/gateway/src/flow/index.ts";
import { Gateway } from "../../packages/gateway/src/gateway.ts";
import type { Seen } from "../../packages/gateway/src/http/server.ts";

export type Choice = Readonly<{
  ladder?: Ladder;
  bank?: BankOptions;
  policy?: Partial<Policy>;
  route?: Partial<Route>;
  upstream?: Partial<Upstream>;
  accounts?: Accounts;
  store?: RecordStore;
  cache?: AnswerCache;
}>;

const NEITHER: Ladder = { repeat: null, ask: null };

/** A deadline that a test means to see pass. */
export const SHORT_DEADLINE = { deadlineMs: 300 } as const;

/** Times of tests. What no test waits for is long: no test is about how fast the machine is. */
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

/** A gateway in front of a demo bank, both in this process, over real sockets. */
export class Harness implements AsyncDisposable {
  readonly seen: Seen[];
  readonly notices: Notice[];
  readonly bank: Bank;
  readonly gateway: Gateway;
  readonly url: string;
  /** Requests under a key that have come as far as the engine. */
  asked = 0;

  private constructor(bank: Bank, gateway: Gateway, url: string, seen: Seen[], notices: Notice[]) {
    this.notices = notices;
    this.bank = bank;
    this.gateway = gateway;
    this.url = url;
    this.seen = seen;
    const handle = gateway.engine.handle.bind(gateway.engine);
    gateway.engine.handle = (call) => {
      this.asked += 1;
      return handle(call);
    };
  }

  static async start(choice: Choice = {}): Promise<Harness> {
    const bank = await createBank({ ...choice.bank });
    const ladder = choice.ladder ?? NEITHER;
    const upstream = bankUpstream(bank, ladder, choice.upstream ?? {});
    const policy: Policy = { upstream: "bank", ladder, ...TIMES, ...choice.policy };
    const route = bankRoute(upstream, policy, choice.route ?? {});
    const seen: Seen[] = [];
    const notices: Notice[] = [];
    const gateway = new Gateway({
      routes: [route],
      upstreams: new Map([["bank", upstream]]),
      accounts: choice.accounts ?? { kind: "single" },
      store: choice.store ?? memoryStore(),
      vault: nodeVault(SECRETS),
      cache: choice.cache ?? null,
      epoch: () => 1,
      quarantine: () => null,
      publishes: false,
      isFresh: () => true,
      storeAheadMs: 0,
      listen: { host: "127.0.0.1", port: 0 },
      page: () => false,
      seen: (exchange) => seen.push(exchange),
      notify: (notice) => notices.push(notice),
    });
    const port = await gateway.start();
    return new Harness(bank, gateway, `http://127.0.0.1:${port}`, seen, notices);
  }

  /** Pays once; `key` null: without one. */
  pay(key: string | null, more: { reference?: string; fault?: string; headers?: Record<string, string> } = {}) {
    const { reference = key ?? "none", fault, headers } = more;
    const body = JSON.stringify({ amount: 1200, currency: "EUR", reference });
    return call(`${this.url}/payments`, {
      method: "POST",
      body,
      ...(key === null ? {} : { key }),
      ...(fault === undefined ? {} : { fault }),
      ...(headers === undefined ? {} : { headers }),
    });
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.gateway.stop();
    await this.bank.close();
  }
}

const rotating = (id: string) => ({ current: id, keys: { [id]: randomBytes(32) } });
export const SECRETS = { naming: randomBytes(32), fingerprint: rotating("f1"), sealing: rotating("s1") };

/** The default table of outcomes, in short. */
function words(status: number): Words {
  const noEffect = [401, 403, 408, 409, 425, 429, 503].includes(status);
  const notSuspect = noEffect ? "noEffect" : status < 500 || status === 500 ? "final" : "ambiguous";
  return { notSuspect, suspect: status < 300 ? "final" : "ambiguous" };
}

function bankUpstream(bank: Bank, ladder: Ladder, more: Partial<Upstream>): Upstream {
  return {
    id: "bank",
    url: new URL(bank.url),
    accountsSeparate: false,
    key: "forward",
    keyHeader: "idempotency-key",
    words,
    timeouts: { connectMs: 500, idleMs: 4_000 },
    maxInFlight: 64,
    answersWithinMs: null,
    ask: ladder.ask === null ? null : QUESTION,
    ...more,
  };
}

const QUESTION: Question = {
  vars: [],
  target: (key) => `/payments?key=${encodeURIComponent(key)}`,
  headers: [],
  read: (status, body) => {
    if (status !== 200) return { kind: "unknown", note: `status ${status}` };
    const [first] = (JSON.parse(Buffer.from(body).toString()) as { data: unknown[] }).data;
    if (first === undefined) return { kind: "no" };
    const bytes = Buffer.from(JSON.stringify(first));
    return { kind: "yes", answer: { status: 201, contentType: "application/json", body: bytes } };
  },
};

function bankRoute(upstream: Upstream, policy: Policy, more: Partial<Route>): Route {
  return {
    id: "POST,PATCH /**",
    methods: ["POST", "PATCH"],
    segments: ["**"],
    upstream,
    profile: "ietf",
    mode: "enforce",
    key: { headers: ["idempotency-key"], body: null, required: true, format: "any", bytesMax: 255 },
    scopeHeaders: [],
    fingerprint: { body: "raw", headers: [] },
    waitMs: 0,
    policy,
    requires: "nothing",
    limits: { requestBytes: 1 << 20, answerBytes: 1 << 20, headers: 64, waitersPerKey: 32 },
    ...more,
  };
}
