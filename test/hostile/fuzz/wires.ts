import assert from "node:assert/strict";
import { ANA, Harness, VIC } from "../../admin/harness.ts";
import { Harness as Gateway } from "../../gateway/harness.ts";
import { type Answer, Wire } from "../../gateway/wire.ts";
import { attacks } from "../attacks.ts";
import { StrictUpstream } from "../strict-upstream.ts";
import type { Opened, Target } from "./fuzzer.ts";

/** What is incomplete is not answered: so long is waited for an answer to begin. */
const PATIENCE_MS = 30;

/** The answers to these bytes on a connection of their own, as far as they come. */
async function told(url: string, bytes: Uint8Array): Promise<Answer[]> {
  using wire = new Wire(url);
  wire.write(bytes);
  const answers: Answer[] = [];
  for (;;) {
    const timer = Promise.withResolvers<null>();
    const timeout = setTimeout(() => timer.resolve(null), PATIENCE_MS);
    const answer = await Promise.race([wire.read(), timer.promise]);
    clearTimeout(timeout);
    if (answer === null) return answers;
    answers.push(answer);
  }
}

const request = (line: string, token: string, body = ""): Buffer =>
  Buffer.from(
    `${line} HTTP/1.1\r\nHost: 127.0.0.1\r\nAuthorization: Bearer ${token}\r\nContent-Type: application/json\r\nContent-Length: ${body.length}\r\n\r\n${body}`,
  );
const RUN = "A".repeat(43);

export const ADMIN: Target = {
  name: "the admin API",
  seeds: [
    request("GET /api/keys?state=completed&limit=10&cursor=x&route=a&account=b", VIC.secret),
    request(`GET /api/keys/${RUN}`, VIC.secret),
    request("GET /metrics", VIC.secret),
    request(
      `POST /api/keys/${RUN}/resolve`,
      ANA.secret,
      '{"effect":true,"reason":"r","evidence":"e","answer":{"status":201,"headers":[["A","b"]],"body":"e30="}}',
    ),
    request(`POST /api/keys/${RUN}/resolve`, ANA.secret, '{"effect":false,"reason":"r"}'),
    request(`POST /api/keys/${RUN}/approve`, ANA.secret, '{"proposal":"p"}'),
    request(`POST /api/keys/${RUN}/erase`, ANA.secret, '{"reason":"r"}'),
  ],
  words: [
    "__proto__",
    "constructor",
    "null",
    "%00",
    "%ff",
    "../",
    "//",
    "limit=201",
    "limit=0",
    "cursor=",
    "[]",
    "{}",
    '"',
    "\\u0000",
    "1e400",
    "Bearer ",
    ANA.secret,
    "application/json",
    "text/plain",
    "\r\n",
    "Transfer-Encoding: chunked",
  ],
  open: async (): Promise<Opened> => {
    const it = await Harness.start();
    // The run that the seeds name exists, once as it is and once in doubt.
    const paid = await it.pay("k1");
    const runs = [String(paid.headers["idempotency-run"]), await it.doubt("k2")];
    let at = 0;
    const hold = async (bytes: Uint8Array): Promise<void> => {
      const run = runs[at++ % runs.length]!;
      const named = Buffer.from(Buffer.from(bytes).toString("latin1").replaceAll(RUN, run), "latin1");
      for (const answer of await told(it.adminUrl, named)) {
        assert.ok(
          answer.status < 500 || answer.status === 503 || answer.status === 505,
          `status ${answer.status} ${answer.body.toString()}`,
        );
      }
    };
    return { hold, close: async () => await it[Symbol.asyncDispose]() };
  },
};

export const WIRE: Target = {
  name: "requests on the wire",
  seeds: attacks()
    .filter(({ bytes }) => bytes.length < 4_096)
    .map(({ bytes }) => Buffer.from(bytes, "latin1")),
  words: [
    "Content-Length: 2\r\n",
    "Transfer-Encoding: chunked\r\n",
    "\r\n\r\n",
    "\r\n",
    "\n",
    "\r",
    "0\r\n\r\n",
    "2\r\n{}\r\n",
    ";a=1",
    "HTTP/1.1",
    "Idempotency-Key: ",
    "Connection: close\r\n",
    "Expect: 100-continue\r\n",
    "%2e",
    "//",
    "\0",
  ],
  open: async (): Promise<Opened> => {
    const upstream = await StrictUpstream.start();
    const it = await Gateway.start({ upstream: { url: upstream.url, maxInFlight: 256 } });
    const hold = async (bytes: Uint8Array): Promise<void> => {
      for (const { status, body } of await told(it.url, bytes)) {
        assert.ok(
          status < 500 || status === 501 || status === 502,
          `status ${status} ${body.toString().slice(0, 300)}`,
        );
      }
      const [fault] = upstream.faults.splice(0);
      assert.equal(fault, undefined, `the upstream was sent what is no request: ${fault}`);
      const twice = [...upstream.effects].find(([, count]) => count > 1);
      assert.equal(twice, undefined, "a key took effect twice");
    };
    const close = async (): Promise<void> => {
      await it[Symbol.asyncDispose]();
      await upstream[Symbol.asyncDispose]();
    };
    return { hold, close };
  },
};
