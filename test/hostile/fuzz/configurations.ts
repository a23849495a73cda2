import assert from "node:assert/strict";
import { ConfigError } from "../../../packages/gateway/src/config/fault.ts";
import { covers, meeting, parseMatch } from "../../../packages/gateway/src/config/pattern.ts";
import { DURATION, durationText, SIZE, sizeText } from "../../../packages/gateway/src/config/quantity.ts";
import { matchRoute } from "../../../packages/gateway/src/flow/match.ts";
import { parse, ref, SMALLEST } from "../../config/sample.ts";
import { parser, type Target } from "./fuzzer.ts";

const WHOLE = `version: 1
store: "memory:"
listen: { gateway: "127.0.0.1:7300", admin: 127.0.0.1:7301 }
secrets:
  naming: ${ref("env:N")}
  fingerprint: { current: f1, keys: { f1: "${ref("file:./f1")}" } }
  sealing: { current: s1, keys: { s1: "${ref("env:N")}" } }
admin: { tokens: [{ name: ana, role: operator, secret: "${ref("env:N")}" }] }
accounts: { map: ./accounts, header: authorization }
upstreams:
  bank: &bank
    url: http://127.0.0.1:7302
    accounts: separate
    outcomes: { notSuspect: { 500: final }, suspect: {} }
    timeouts: { connect: 2s, idle: 4s }
    recover:
      repeat: { window: 24h }
      ask: { settleAfter: 15m, get: "/payments?key={upstreamKey}&ref={ref}", vars: { ref: /reference }, headers: {},
        effect: { status: 200, present: /data/0 }, noEffect: { status: 200, absent: /data/0 }, answer: { status: 201, body: /data/0 } }
defaults: { profile: ietf, requires: nothing, concurrent: { wait: 10s }, limits: { request: 1MiB, headers: 64 } }
routes:
  - { match: "POST /v1/payments/{id}", upstream: bank, retain: 24h, horizon: 30d, key: { headers: [Idempotency-Key], bytes: 255 } }
  - match: POST,PATCH /**
    upstream: bank
`;
/** Nine lists of nine times the list before: 9^9 elements, in 200 bytes. */
const BOMB = Array.from(
  { length: 9 },
  (_, at) =>
    `l${at}: &l${at} [${Array(9)
      .fill(at === 0 ? "x" : `*l${at - 1}`)
      .join()}]`,
);

const WORLD = { env: { N: "n".repeat(43) }, files: { "/etc/f1": "f".repeat(43), "/etc/accounts": '{"Bearer 1":"a"}' } };

export const CONFIGURATIONS: Target = {
  name: "configurations",
  seeds: [SMALLEST, WHOLE, BOMB.join("\n")].map((text) => Buffer.from(text)),
  words: [
    "*bank",
    "&bank",
    "<<: *bank",
    "!!binary ",
    "!!js/function ",
    "? ",
    "- ",
    ": ",
    "{",
    "}",
    "[",
    "]",
    "|\n",
    ">-\n",
    "\t",
    "---\n",
    "...\n",
    "%YAML 1.1\n",
    "null",
    "~",
    "true",
    ".inf",
    "1e400",
    "__proto__: ",
    "constructor: ",
    ref("env:X"),
    ref("file:"),
    "\u2028",
    "'",
    '"',
    "0x10",
    "-1s",
    "99999d",
  ],
  open: parser((bytes) => {
    const text = Buffer.from(bytes).toString("utf8");
    try {
      const { routes, upstreams } = parse(text, WORLD);
      assert.ok(
        routes.every(({ upstream }) => upstreams.has(upstream.id)),
        "a route without its upstream",
      );
      assert.ok(
        routes.every(({ policy }) => policy.deadlineMs > 0 && policy.horizonMs > 0),
        "a time that is none",
      );
    } catch (error) {
      if (!(error instanceof ConfigError)) throw error;
      const lines = text.split("\n").length;
      assert.ok(error.faults.length > 0, "refused without a fault");
      for (const { line, message } of error.faults) {
        assert.ok(line >= 1 && line <= lines && message.length > 3, `a fault in line ${line} of ${lines}: ${message}`);
      }
    }
  }),
};

/** A path that a pattern must match: its places filled. */
const filled = (segments: readonly string[]): string =>
  `/${segments.map((segment) => (segment === "**" ? "x/y" : segment.startsWith("{") ? "x" : encodeURIComponent(segment))).join("/")}`;

export const PATTERNS: Target = {
  name: "patterns and quantities",
  seeds: [
    "POST /v1/payments",
    "POST,PATCH /a/{id}/**",
    "GET /%61/b%2Fc",
    "30s",
    "999999999d",
    "64KiB",
    "1MiB",
    "250ms",
  ].map((text) => Buffer.from(text)),
  words: [
    "/",
    "//",
    "/**",
    "/*",
    "{id}",
    "{",
    "}",
    "%2e%2e",
    "..",
    "%",
    "%00",
    "POST ",
    ",POST",
    "?",
    "#",
    "ms",
    "KiB",
    "0",
    " ",
  ],
  open: parser((bytes) => {
    const text = Buffer.from(bytes).toString("utf8");
    for (const [pattern, show] of [
      [DURATION, durationText],
      [SIZE, sizeText],
    ] as const) {
      const [, digits, unit] = pattern.exec(text) ?? [];
      if (digits === undefined || unit === undefined) continue;
      const units = { ms: 1, s: 1_000, m: 60_000, h: 3_600_000, d: 86_400_000, B: 1, KiB: 1_024, MiB: 1_048_576 };
      const value = (of: string): number =>
        Number.parseInt(of, 10) * (units[of.replace(/^\d+/, "") as keyof typeof units] ?? Number.NaN);
      assert.equal(value(show(value(text))), value(text), `${text} is shown as ${show(value(text))}`);
    }
    const read = parseMatch(text);
    if ("fault" in read) return assert.ok(read.fault.length > 5);
    const { segments, methods } = read;
    assert.ok(covers(segments, segments) && meeting(segments, segments) !== null, "it does not cover itself");
    if (segments.some((segment) => segment === "." || segment === ".." || segment.includes("/"))) return;
    for (const method of methods) {
      assert.notEqual(
        matchRoute([{ methods, segments }], method, filled(segments)),
        null,
        `${text} does not match ${filled(segments)}`,
      );
    }
  }),
};
