import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import { Harness } from "../gateway/harness.ts";
import { asking, exchange, fieldOf } from "../gateway/wire.ts";
import { attacks } from "./attacks.ts";
import { type Echo, StrictUpstream } from "./strict-upstream.ts";
import { deceptions, type Struck, sentOf, strikeAll, untold } from "./strike.ts";
import { TAKEN, TAKEN_AS } from "./taken.ts";

let upstream: StrictUpstream;
let it: Harness;
let struck: readonly Struck[];

before(async () => {
  upstream = await StrictUpstream.start();
  it = await Harness.start({ upstream: { url: upstream.url, maxInFlight: 256 } });
  struck = await strikeAll(it.url, attacks());
});

after(async () => {
  await it[Symbol.asyncDispose]();
  await upstream[Symbol.asyncDispose]();
});

const of = (method: "POST" | "PUT", all: readonly string[]): string[] =>
  all
    .filter((what) => what.startsWith(`${method}: `))
    .map((what) => what.slice(method.length + 2))
    .sort();

describe("of requests whose end can be read in two ways, and of other malformed ones,", () => {
  test("none becomes more than it is, takes effect twice, or gets another's answer", () => {
    assert.deepEqual(deceptions(struck, upstream), []);
    assert.ok(struck.length > 300, `only ${struck.length} attacks`);
  });
  for (const method of ["POST", "PUT"] as const) {
    test(`those on the list are taken, and no others (${method})`, () => {
      const taken = struck.filter(({ answers }) => sentOf(answers).length > 0).map(({ attack }) => attack.what);
      assert.deepEqual(of(method, taken), [...TAKEN, ...TAKEN_AS[method]].sort());
    });
  }
  test("each that took effect is told so", () => {
    assert.deepEqual(of("POST", untold(struck, upstream)), []);
  });
  test("what took effect behind another is replayed to a retry", async () => {
    const keys = [...upstream.effects.keys()].filter((key) => key.startsWith("hidden-"));
    assert.ok(keys.length > 10);
    for (const key of keys) {
      const path = `/hidden/${key.slice(-4)}`;
      const answer = await exchange(it.url, asking({ path, headers: ["Idempotency-Key", key] }));
      assert.equal(fieldOf(answer, "idempotency-status"), "replayed", key);
      assert.equal((JSON.parse(answer.body.toString()) as Echo).key, key);
    }
    assert.deepEqual(deceptions(struck, upstream), []);
  });
  test("none is in the way of those who come after it", async () => {
    const answers = await Promise.all(
      Array.from({ length: 100 }, (_, at) =>
        exchange(it.url, asking({ path: `/good/${at}`, headers: ["Idempotency-Key", `good-${at}`] })),
      ),
    );
    for (const [at, answer] of answers.entries()) {
      assert.equal(answer.status, 201);
      assert.equal((JSON.parse(answer.body.toString()) as Echo).target, `/good/${at}`);
    }
  });
});

test("what deceives a gateway is found: a request of nobody, a second effect, another's answer, rubbish", async () => {
  await using fooled = await StrictUpstream.start();
  const [attack] = attacks();
  const send = async (bytes: Buffer | string) => await exchange(fooled.url.href, bytes);
  const answer = await send(asking({ path: "/open/0001", headers: ["Idempotency-Key", "open-0001"] }));
  await send(asking({ path: "/open/0001", headers: ["Idempotency-Key", "open-0001"] }));
  await send(asking({ path: "/hidden/0000", headers: ["Idempotency-Key", "hidden-0000"] }));
  await send(asking({ path: "/elsewhere" }));
  await send("POST /open/0000 HTTP/1.1\r\nHost : x\r\n\r\n").catch(() => null);
  const found = deceptions([{ number: 0, attack: attack!, answers: [answer] }], fooled).join("\n");
  for (const what of ["no request: field", "took effect 2 times", "hidden", "another's answer", "of nobody"])
    assert.ok(found.includes(what), `${what} in ${found}`);
  assert.equal(untold([{ number: 0, attack: attack!, answers: [] }], fooled).length, 1);
});
