import assert from "node:assert/strict";
import { describe, test } from "node:test";
import fc from "fast-check";
import type { Accounts } from "../../packages/gateway/src/flow/index.ts";
import { Harness, PAYMENTS } from "../admin/harness.ts";
import { type Answer, asking, exchange, fieldOf } from "../gateway/wire.ts";
import { type Ask, marked, Owners } from "./owners.ts";
import { StrictUpstream } from "./strict-upstream.ts";

const ACCOUNTS = 5;
const RUNS = 12;
/** Names that could be taken for a part of another name, a key or a route. */
const NAMES = ["x", "xPOST /payments", "xk", "k", "x k1"];
const credentialOf = (who: number): string => `Bearer token-${who}`;

/** Every way to tell accounts apart. In the map each account has two credentials. */
const KINDS: readonly (readonly [
  string,
  Accounts,
  (who: number, second: boolean) => Readonly<{ account: string; credential: string }>,
])[] = [
  ["a header", { kind: "header", header: "x-account" }, (who) => ({ account: NAMES[who]!, credential: NAMES[who]! })],
  [
    "a map of credentials",
    {
      kind: "map",
      header: "authorization",
      accounts: new Map(Array.from({ length: 2 * ACCOUNTS }, (_, at) => [credentialOf(at), `acct-${at % ACCOUNTS}`])),
    },
    (who, second) => ({ account: `acct-${who}`, credential: credentialOf(second ? who + ACCOUNTS : who) }),
  ],
  [
    "the credential",
    { kind: "credential", header: "authorization" },
    (who) => ({ account: credentialOf(who), credential: credentialOf(who) }),
  ],
];

type World = Readonly<{ it: Harness; upstream: StrictUpstream; header: string }> & AsyncDisposable;

async function open(accounts: Accounts): Promise<World> {
  const upstream = await StrictUpstream.start();
  upstream.answerTo = marked;
  const it = await Harness.start({ accounts, upstream: upstream.url, route: { scopeHeaders: ["x-scope"] } });
  const close = async (): Promise<void> => {
    await it[Symbol.asyncDispose]();
    await upstream[Symbol.asyncDispose]();
  };
  return { it, upstream, header: accounts.kind === "single" ? "" : accounts.header, [Symbol.asyncDispose]: close };
}

function send({ it, header }: World, { credential, key, path, scope, body }: Ask): Promise<Answer> {
  const headers = [header, credential, "Idempotency-Key", key, "X-Scope", scope];
  return exchange(it.url, asking({ path, headers, body }));
}

const few = fc.record({
  who: fc.nat(ACCOUNTS - 1),
  second: fc.boolean(),
  key: fc.constantFrom("k", "k1", "1k"),
  path: fc.constantFrom("/payments", "/payments/refunds"),
  scope: fc.constantFrom("", "k", "a"),
  body: fc.constantFrom('{"amount":1}', '{"amount":2}'),
});

describe("whoever asks under whatever key", () => {
  for (const [how, accounts, whose] of KINDS) {
    test(`gets answers of its own account, route and scope only (accounts by ${how})`, async () => {
      await using world = await open(accounts);
      const credentials = new Map(
        [0, 1]
          .flatMap((second) => Array.from({ length: ACCOUNTS }, (_, who) => whose(who, second === 1)))
          .map(({ account, credential }) => [credential, account]),
      );
      let run = 0;
      const property = fc.asyncProperty(
        fc.array(few, { minLength: 40, maxLength: 80 }),
        fc.integer({ min: 1, max: 24 }),
        async (asks, atOnce) => {
          run += 1;
          const owners = new Owners((credential) => credentials.get(credential) ?? "nobody");
          world.upstream.clear();
          for (let from = 0; from < asks.length; from += atOnce) {
            const now = asks
              .slice(from, from + atOnce)
              .map(({ who, second, key, ...rest }) => ({ ...rest, ...whose(who, second), key: `${run}-${key}` }));
            for (const ask of now) owners.asks(ask);
            const answers = await Promise.all(now.map((ask) => send(world, ask)));
            for (const [at, ask] of now.entries())
              assert.equal(owners.judge(ask, answers[at]!), null, JSON.stringify(ask));
          }
          const effects = Map.groupBy(world.upstream.received, ({ fields, target, key }) =>
            JSON.stringify([credentials.get(fields.get(world.header)![0]!), target, fields.get("x-scope"), key]),
          );
          for (const [name, { length }] of effects) assert.equal(length, 1, `${name} took effect ${length} times`);
          assert.ok(effects.size > 10, "hardly anything was sent");
        },
      );
      await fc.assert(property, { numRuns: RUNS, seed: 20_260 });
    });
  }

  test("is told nothing of another's run, nor that there is one", async () => {
    for (const [how, accounts, whose] of KINDS) {
      await using world = await open(accounts);
      const [mine, other] = [whose(0, false), whose(1, false)];
      const paid = await send(world, { ...mine, key: "k", path: "/payments", scope: "a", body: "{}" });
      const run = fieldOf(paid, "idempotency-run")!;
      const look = (id: string, credential: string | null, more: readonly string[] = []): Promise<Answer> =>
        exchange(
          world.it.url,
          asking({
            method: "GET",
            path: `/.semel/runs${id}`,
            headers: [...(credential === null ? [] : [world.header, credential]), ...more],
            body: "",
          }),
        );
      const owner = await look(`/${run}`, mine.credential);
      assert.equal(owner.status, 201, how);
      assert.ok(owner.body.equals(paid.body));
      const told = await look(`/${run}`, other.credential);
      assert.equal(told.status, 404);
      assert.deepEqual(
        bare(told),
        bare(await look(`/${"A".repeat(43)}`, other.credential)),
        "a run that is another's, and one that is nobody's",
      );
      const byKey = ["Semel-Operation", PAYMENTS, "Idempotency-Key", "k", "X-Scope", "a"];
      assert.equal((await look("", mine.credential, byKey)).status, 201);
      assert.deepEqual(bare(await look("", other.credential, byKey)), bare(told));
      assert.equal((await look(`/${run}`, null)).status, 401);
    }
  });

  test("and is no account that is known gets 401, and nothing is read, sent or stored", async () => {
    for (const [how, accounts] of KINDS) {
      await using world = await open(accounts);
      const { header } = world;
      const unknown = [[], [header, ""], [header, "a", header, "a"], [header, "a", header, "b"]];
      if (accounts.kind === "map")
        unknown.push([header, "token-0"], [header, "Bearer token-99"], [header, "bearer token-0"]);
      for (const headers of unknown) {
        const answer = await exchange(world.it.url, asking({ headers: [...headers, "Idempotency-Key", "k"] }));
        assert.equal(answer.status, 401, `${how}: ${headers.join()}`);
        assert.equal(fieldOf(answer, "idempotency-run"), undefined);
      }
      const { rows } = await world.it.store.page({ dueFrom: null, dueTo: null, limit: 10 }, null);
      assert.deepEqual([rows.length, world.upstream.received.length], [0, 0]);
    }
  });
});

/** Without what differs from answer to answer in any case. */
function bare({ status, headers, body }: Answer): unknown {
  const named = headers.map((text, at) => (headers[at - 1]?.toLowerCase() === "date" && at % 2 === 1 ? "" : text));
  return { status, headers: named, body: body.toString() };
}

describe("the judge of answers", () => {
  const ask = (account: string, more: Partial<Ask> = {}): Ask => ({
    account,
    credential: account,
    key: "k",
    path: "/p",
    scope: "",
    body: "{}",
    ...more,
  });
  const answerTo = ({ credential, key, path, scope, body }: Ask, serial = 1): Pick<Answer, "status" | "body"> => {
    const fields = new Map([
      ["x-account", [credential]],
      ["x-scope", [scope]],
    ]);
    const bytes = marked(
      { method: "POST", target: path, fields, key, body: Buffer.from(body), chunked: false },
      serial,
    ) as Buffer;
    return { status: 201, body: bytes.subarray(bytes.indexOf("\r\n\r\n") + 4) };
  };
  const judged = (
    asked: Ask,
    answered: Pick<Answer, "status" | "body">,
    before: readonly Ask[] = [],
  ): string | null => {
    const owners = new Owners((credential) => credential);
    for (const each of [asked, ...before]) owners.asks(each);
    return owners.judge(asked, answered);
  };

  test("accepts each its own", () => {
    assert.equal(judged(ask("a"), answerTo(ask("a"))), null);
    assert.equal(judged(ask("a"), { status: 422, body: Buffer.alloc(0) }, [ask("a", { body: "[]" })]), null);
  });
  test("finds an answer that was swapped with another account's, key's, path's, scope's or body's", () => {
    for (const other of [
      ask("b"),
      ask("a", { key: "k1" }),
      ask("a", { path: "/q" }),
      ask("a", { scope: "x" }),
      ask("a", { body: "[]" }),
    ]) {
      assert.notEqual(judged(ask("a"), answerTo(other)), null, JSON.stringify(other));
    }
  });
  test("finds an answer that changed, and a refusal for which only another account can be the reason", () => {
    const owners = new Owners((credential) => credential);
    owners.asks(ask("a"));
    owners.asks(ask("b", { body: "[]" }));
    assert.equal(owners.judge(ask("a"), answerTo(ask("a"), 1)), null);
    assert.notEqual(owners.judge(ask("a"), answerTo(ask("a"), 2)), null);
    for (const status of [409, 422, 500])
      assert.notEqual(owners.judge(ask("a"), { status, body: Buffer.alloc(0) }), null);
  });
});
