import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import { after, decodeRecord, type KeyRecord, type Ladder, type RecordStore, type Swap } from "@semel/core/record";
import { memoryStore } from "@semel/core/store/memory";
import { nodeVault } from "@semel/core/vault";
import type { Forwarding } from "../../packages/gateway/src/flow/exchange.ts";
import type { Route } from "../../packages/gateway/src/flow/route.ts";
import { type ShadowPorts, shadow } from "../../packages/gateway/src/flow/shadow.ts";
import { NOW } from "../kernel/cases.ts";
import { problemOf, until } from "./behind.ts";
import { type Choice, Harness, SECRETS, SHORT_DEADLINE } from "./harness.ts";
import { answer, type Play, says, Upstream } from "./upstream.ts";
import { type Answer, asking, exchange, valuesOf } from "./wire.ts";

const REPEAT: Ladder = { repeat: { windowMs: 60_000 }, ask: null };
const ASK: Ladder = { repeat: null, ask: { settleAfterMs: 100 } };
/** Until a "no" of the upstream is final: what was sent in shadow mode may begin within sendWithin and a deadline. */
const QUICK = { sendWithinMs: 1_000, ...SHORT_DEADLINE };
const SETTLED_MS = QUICK.sendWithinMs + 2 * QUICK.deadlineMs + 100 + 100 + 100;

const falls: Play = (socket) => socket.destroy();

/** Requests of one route in shadow mode whose connections fall, then one that is enforced, on the same store. */
async function enforcedAfter(shadowed: readonly (readonly string[])[], choice: Choice, waitMs = 0): Promise<Enforced> {
  const store = memoryStore();
  await using upstream = await Upstream.start();
  const common = { ...choice, store, policy: QUICK, upstream: { url: upstream.url, ...choice.upstream } };
  {
    await using it = await Harness.start({ ...common, route: { ...choice.route, mode: "shadow" } });
    for (const headers of shadowed) {
      upstream.next.push(falls);
      await exchange(it.url, asking({ headers }));
    }
  }
  upstream.otherwise = (socket, request) =>
    request.method === "GET"
      ? says(answer(200, ["Content-Type", "application/json"], '{"data":[]}'))(socket, request)
      : says(answer(201, ["Content-Type", "application/json"], '{"id":"pay_1"}'))(socket, request);
  await sleep(waitMs);
  await using it = await Harness.start(common);
  const reply = await settled(() => exchange(it.url, asking({ headers: shadowed[0]! })));
  const header = common.upstream.keyHeader ?? "idempotency-key";
  const paid = upstream.received.filter(({ method }) => method === "POST");
  return { reply, keys: paid.map(({ headers }) => valuesOf(headers, header).join()) };
}

type Enforced = Readonly<{ reply: Answer; keys: readonly string[] }>;

/** The due loop may be asking just now, or be about to. */
async function settled(pay: () => Promise<Answer>): Promise<Answer> {
  for (let tries = 1; ; tries += 1) {
    const reply = await pay();
    if (reply.status !== 409 || tries === 40 || problemOf(reply)["code"] === "in_doubt") return reply;
    await sleep(50);
  }
}

const K1 = ["Idempotency-Key", "k1"];

describe("Enforcing after shadow mode", () => {
  test("repeats under the key that the upstream saw, not under the one that it would have been sent", async () => {
    const { reply, keys } = await enforcedAfter([K1], { ladder: REPEAT, upstream: { key: "derived" } });
    assert.deepEqual([reply.status, keys], [201, ["k1", "k1"]]);
  });

  test("repeats nothing that went out without the upstream's key header", async () => {
    const upstream = { key: "forward", keyHeader: "x-payment" } as const;
    const { reply, keys } = await enforcedAfter([K1], { ladder: REPEAT, upstream });
    assert.deepEqual([problemOf(reply)["code"], keys], ["in_doubt", [""]]);
  });

  test("repeats under what the client chose to send in the upstream's key header", async () => {
    const upstream = { key: "derived", keyHeader: "x-payment" } as const;
    const { reply, keys } = await enforcedAfter([[...K1, "X-Payment", "p1"]], { ladder: REPEAT, upstream });
    assert.deepEqual([reply.status, keys], [201, ["p1", "p1"]]);
  });

  test("repeats nothing that went out with two values in the upstream's key header", async () => {
    const upstream = { key: "derived", keyHeader: "x-payment" } as const;
    const twice = [...K1, "X-Payment", "p1", "X-Payment", "p2"];
    const { reply, keys } = await enforcedAfter([twice], { ladder: REPEAT, upstream });
    assert.deepEqual([problemOf(reply)["code"], keys], ["in_doubt", ["p1,p2"]]);
  });

  test("repeats nothing once a retry went out under another key", async () => {
    const quoted = ["Idempotency-Key", '"k1"'];
    const { reply, keys } = await enforcedAfter([K1, quoted], { ladder: REPEAT });
    assert.deepEqual([problemOf(reply)["code"], keys], ["in_doubt", ["k1", '"k1"']]);
  });

  test("repeats after retries that went out under the same key", async () => {
    const { reply, keys } = await enforcedAfter([K1, K1], { ladder: REPEAT });
    assert.deepEqual([reply.status, keys], [201, ["k1", "k1", "k1"]]);
  });

  test("repeats nothing at an upstream that does not tell two accounts with the same key apart", async () => {
    const choice = { ladder: REPEAT, accounts: { kind: "header", header: "x-account" } } as const;
    const asA = [...K1, "X-Account", "a"];
    const one = await enforcedAfter([asA], { ...choice, upstream: { key: "derived" } });
    assert.deepEqual([problemOf(one.reply)["code"], one.keys], ["in_doubt", ["k1"]]);
    const each = await enforcedAfter([asA], { ...choice, upstream: { key: "derived", accountsSeparate: true } });
    assert.deepEqual([each.reply.status, each.keys], [201, ["k1", "k1"]]);
  });
});

describe("An upstream's no, after shadow mode,", () => {
  test("is believed about the key that it saw", async () => {
    const { reply, keys } = await enforcedAfter([K1], { ladder: ASK, upstream: { key: "derived" } }, SETTLED_MS);
    assert.deepEqual([reply.status, keys.length], [201, 2]);
  });

  test("is not believed about a key that it may know in another form, or does not know at all", async () => {
    const quoted = ["Idempotency-Key", '"k1"'];
    const inQuotes = await enforcedAfter([quoted], { ladder: ASK, upstream: { key: "derived" } }, SETTLED_MS);
    assert.deepEqual([problemOf(inQuotes.reply)["code"], inQuotes.keys.length], ["in_doubt", 1]);
    const unknown = await enforcedAfter([K1], { ladder: ASK, upstream: { keyHeader: "x-payment" } }, SETTLED_MS);
    assert.deepEqual([problemOf(unknown.reply)["code"], unknown.keys.length], ["in_doubt", 1]);
  });

  test("is believed without any key where the question is about something else", async () => {
    const target = () => "/payments?reference=r1";
    const read = () => ({ kind: "no" }) as const;
    const upstream = { keyHeader: "x-payment", ask: { vars: [], target, headers: [], read } } as const;
    const { reply, keys } = await enforcedAfter([K1], { ladder: ASK, upstream }, SETTLED_MS);
    assert.deepEqual([reply.status, keys.length], [201, 2]);
  });
});

describe("A request in shadow mode", () => {
  test("that leaves without its claim leaves before the sendBy of that claim", async () => {
    const slow = new SlowStore(400);
    await using upstream = await Upstream.start();
    let leftAt = 0;
    upstream.next.push((socket) => {
      leftAt = Date.now();
      socket.destroy();
    });
    {
      const route = { mode: "shadow" } as const;
      await using it = await Harness.start({
        store: slow.store,
        route,
        policy: QUICK,
        upstream: { url: upstream.url },
      });
      await exchange(it.url, asking({ headers: K1 }));
      await until(() => slow.rows.some(({ open }) => open.length === 1));
    }
    const [attempt] = slow.rows.at(-1)!.open;
    assert.ok(leftAt < attempt!.sendBy, `it left ${leftAt - attempt!.sendBy} ms after`);
  });

  test("looks for a connection until the sendBy that any of its claims has, and not a millisecond longer", async () => {
    const policy = { sendWithinMs: 200, deadlineMs: 300 };
    const route = { policy, limits: {}, upstream: {} } as Route;
    let now = NOW;
    let asked: Forwarding | null = null;
    let cancelled = 0;
    const ports: ShadowPorts = {
      now: () => now,
      forward: async (_, forwarding) => {
        asked = forwarding;
        return { kind: "unsent", note: "no connection" };
      },
      vault: nodeVault(SECRETS),
      digest: () => "",
      later: () => () => {
        cancelled += 1;
      },
      endOfTurn: async () => {},
    };
    const unrecorded = async () => {
      now = after(now, policy.sendWithinMs + 7);
      return { kind: "unavailable", why: "store" } as const;
    };
    await shadow({ method: "POST", target: "/", headers: K1, body: new Uint8Array() }, route, unrecorded, ports);
    assert.equal(cancelled, 1);
    const { startWithinMs, mayStart } = asked! as Forwarding;
    assert.equal(startWithinMs, policy.deadlineMs - 7);
    now = after(NOW, policy.sendWithinMs + policy.deadlineMs - 1);
    assert.equal(mayStart(), true);
    now = after(now, 1);
    assert.equal(mayStart(), false);
  });
});

/** Writes in its own time, and remembers what. */
class SlowStore {
  readonly rows: KeyRecord[] = [];
  readonly store: RecordStore;

  constructor(ms: number) {
    const inner = memoryStore();
    const write = inner.swap.bind(inner);
    this.store = Object.assign(inner, {
      swap: async (swap: Swap) => {
        await sleep(ms);
        const swapped = await write(swap);
        if (swapped.won) this.rows.push(decodeRecord(swap.next.doc));
        return swapped;
      },
    });
  }
}
