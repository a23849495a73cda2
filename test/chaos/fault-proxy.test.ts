import assert from "node:assert/strict";
import { once } from "node:events";
import { createServer, request, type Server } from "node:http";
import { after, before, test } from "node:test";
import { seededRandom } from "@semel/demo-bank";
import { FaultProxy } from "./fault-proxy.ts";
import { BANK_SHARES, CLIENT_SHARES, drawWeather, FAIR, type Weather, WIRE_FAULTS, type WireFault } from "./weather.ts";

const ANSWER = "y".repeat(400);
/** Long enough for any fault that ends by itself, short enough for those that never do. */
const PATIENCE_MS = 1_500;

let server: Server;
let port = 0;
/** Bodies that came whole to the server. */
const arrived: string[] = [];

before(async () => {
  server = createServer((incoming, outgoing) => {
    let body = "";
    incoming.on("data", (chunk: Buffer) => {
      body += chunk.toString();
    });
    incoming.on("end", () => {
      arrived.push(body);
      outgoing.end(ANSWER);
    });
  }).listen(0, "127.0.0.1");
  await once(server, "listening");
  port = (server.address() as { port: number }).port;
});

after(() => {
  server.closeAllConnections();
  server.close();
});

type Seen = Readonly<{ text: string | null; error: string | null; tookMs: number }>;

/** One request on a connection of its own, through a proxy with this weather. */
async function through(
  weather: Partial<Weather>,
  name: string,
): Promise<{ seen: Seen; struck: Record<string, number> }> {
  await using proxy = await FaultProxy.start(port, () => ({ ...FAIR, ...weather }));
  return { seen: await post(proxy.port, name), struck: proxy.struck };
}

function post(to: number, body: string): Promise<Seen> {
  const startedAt = performance.now();
  const seen = (text: string | null, error: string | null): Seen => ({
    text,
    error,
    tookMs: performance.now() - startedAt,
  });
  return new Promise((resolve) => {
    const signal = AbortSignal.timeout(PATIENCE_MS);
    const sent = request({ port: to, host: "127.0.0.1", method: "POST", agent: false, signal }, (answer) => {
      let text = "";
      answer.on("data", (chunk: Buffer) => {
        text += chunk.toString();
      });
      answer.on("error", () => {});
      answer.on("close", () => resolve(seen(text, answer.complete ? null : "cut")));
    });
    sent.on("error", (error: NodeJS.ErrnoException) => resolve(seen(null, error.code ?? error.name)));
    sent.end(body);
  });
}

test("a fair wire carries request and answer whole, and counts nothing", async () => {
  const { seen, struck } = await through({}, "fair");
  assert.equal(seen.text, ANSWER);
  assert.ok(arrived.includes("fair"));
  assert.deepEqual(Object.values(struck), [0, 0, 0, 0, 0, 0]);
});

test("a delay holds the request and the answer, each for its time", async () => {
  const { seen, struck } = await through({ fault: "delay", delayMs: 60 }, "delayed");
  assert.equal(seen.text, ANSWER);
  assert.ok(seen.tookMs >= 118, `${seen.tookMs} ms`);
  assert.equal(struck["delay"], 1);
});

test("a slicing wire carries the same bytes in pieces, which takes time", async () => {
  const { seen, struck } = await through({ fault: "slice", sliceBytes: 100 }, "sliced");
  assert.equal(seen.text, ANSWER);
  assert.ok(arrived.includes("sliced"));
  assert.ok(seen.tookMs >= 80, `${seen.tookMs} ms`);
  assert.equal(struck["slice"], 1);
});

test("a reset of the request loses it, and the client sees a reset", async () => {
  const { seen, struck } = await through({ fault: "reset", resetAt: "request" }, "reset whole");
  assert.equal(seen.error, "ECONNRESET");
  assert.ok(!arrived.includes("reset whole"));
  assert.equal(struck["reset"], 1);
});

test("a reset inside the request lets no whole request arrive", async () => {
  const { seen } = await through({ fault: "reset", resetAt: "insideRequest" }, "reset half");
  assert.equal(seen.error, "ECONNRESET");
  assert.ok(!arrived.includes("reset half"));
});

test("a reset inside the answer comes after the request took effect, and the client never sees a whole answer", async () => {
  const { seen, struck } = await through({ fault: "reset", resetAt: "insideAnswer" }, "reset answer");
  assert.notEqual(seen.error, null);
  assert.notEqual(seen.text, ANSWER);
  assert.ok(arrived.includes("reset answer"));
  assert.equal(struck["reset"], 1);
});

test("a black hole accepts, forwards nothing and never answers", async () => {
  const { seen, struck } = await through({ fault: "blackHole" }, "swallowed");
  assert.equal(seen.error, "ABORT_ERR");
  assert.ok(!arrived.includes("swallowed"));
  assert.equal(struck["blackHole"], 1);
});

test("a half-open wire forwards the request, and its client waits for nothing", async () => {
  const { seen, struck } = await through({ fault: "halfOpen" }, "half open");
  assert.equal(seen.error, "ABORT_ERR");
  assert.ok(arrived.includes("half open"));
  assert.equal(struck["halfOpen"], 1);
});

test("a dropped answer takes effect, and the client's connection is cut", async () => {
  const { seen, struck } = await through({ fault: "dropAnswer" }, "dropped");
  assert.equal(seen.error, "ECONNRESET");
  assert.ok(arrived.includes("dropped"));
  assert.equal(struck["dropAnswer"], 1);
});

test("a fault waits for its request on a connection that is kept", async () => {
  const { seen, struck } = await through({ fault: "dropAnswer", fairRequests: 1 }, "not yet");
  assert.equal(seen.text, ANSWER);
  assert.equal(struck["dropAnswer"], 0);
});

test("a calm proxy breaks nothing any more, and lets go of what it held", async () => {
  await using proxy = await FaultProxy.start(port, () => ({ ...FAIR, fault: "blackHole" }));
  const held = post(proxy.port, "held");
  while (proxy.struck.blackHole === 0) await new Promise((resolve) => setTimeout(resolve, 2));
  proxy.calm();
  assert.equal((await held).error, "ECONNRESET");
  assert.equal((await post(proxy.port, "calm")).text, ANSWER);
});

test("the weather of a seed is always the same, and no share of it is missing", () => {
  for (const shares of [CLIENT_SHARES, BANK_SHARES]) {
    const draw = (): (WireFault | null)[] => {
      const random = seededRandom(7);
      return Array.from({ length: 2_000 }, () => drawWeather(random, shares).fault);
    };
    const drawn = draw();
    assert.deepEqual(drawn, draw());
    for (const fault of WIRE_FAULTS) assert.ok(drawn.includes(fault), fault);
    assert.ok(drawn.includes(null));
  }
});
