import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import { Harness } from "../gateway/harness.ts";
import { attacks } from "./attacks.ts";
import { absence, FrontProxy } from "./proxy.ts";
import { StrictUpstream } from "./strict-upstream.ts";
import { strikeAll } from "./strike.ts";
import { victims } from "./victims.ts";

const LOG_TURNS = 60;
const LOG_TURN_MS = 50;

const TARGET = /(?:open2?|hidden)\/\d{4}/g;

/** Targets of attacks, each with how often it stands there. */
function counted(texts: readonly string[]): ReadonlyMap<string, number> {
  const counts = new Map<string, number>();
  for (const target of texts.flatMap((text) => text.match(TARGET) ?? [])) {
    counts.set(target, (counts.get(target) ?? 0) + 1);
  }
  return counts;
}

/** Requests that the upstream saw more often than the proxy had taken them: made of another's bytes on the way. */
function surplus(upstream: StrictUpstream, log: string): string[] {
  const taken = counted(log.split("\n"));
  const seen = counted(upstream.received.map(({ target }) => target));
  return [...seen].filter(([target, count]) => count > (taken.get(target) ?? 0)).map(([target]) => target);
}

for (const name of ["nginx", "haproxy"] as const) {
  describe(`behind ${name}`, { skip: absence(name) }, () => {
    for (const [at, how] of ["as it is shipped", "told to be lenient"].entries()) {
      test(`no request is made of another's bytes, and good clients get their own answers (${how})`, async () => {
        await using upstream = await StrictUpstream.start();
        await using it = await Harness.start({ upstream: { url: upstream.url, maxInFlight: 256 } });
        await using proxy = await FrontProxy.start(name, it.url);
        const url = proxy.urls[at]!;
        const [, wronged] = await Promise.all([strikeAll(url, attacks()), victims(url)]);
        assert.deepEqual(wronged, []);
        assert.deepEqual(upstream.faults, []);
        assert.deepEqual(
          [...upstream.effects].filter(([, count]) => count > 1),
          [],
        );
        let log = await proxy.log();
        // A proxy may write its lines some time after its answers.
        for (let turn = 0; surplus(upstream, log).length > 0 && turn < LOG_TURNS; turn += 1) {
          await sleep(LOG_TURN_MS);
          log = await proxy.log();
        }
        assert.deepEqual(surplus(upstream, log), []);
        assert.ok(counted(log.split("\n")).size > 50 && upstream.received.length > 250, log);
      });
    }
  });
}

test("a request that the proxy did not take is found", async () => {
  await using upstream = await StrictUpstream.start();
  const request = { method: "POST", fields: new Map(), key: null, body: Buffer.alloc(0), chunked: false };
  upstream.received.push({ ...request, target: "/open/0001" }, { ...request, target: "/hidden/0001" });
  assert.deepEqual(surplus(upstream, "201 POST /open/0001 HTTP/1.1\n"), ["hidden/0001"]);
});
