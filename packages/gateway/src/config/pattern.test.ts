import assert from "node:assert/strict";
import { test } from "node:test";
import { faultsOf, SMALLEST, warningsOf, withPiece } from "../../../../test/config/sample.ts";
import { matchRoute } from "../flow/match.ts";
import type { Route } from "../flow/route.ts";
import { covers, meeting, parseMatch } from "./pattern.ts";

function segments(path: string): readonly string[] {
  const parsed = parseMatch(`POST ${path}`);
  assert.ok("segments" in parsed, path);
  return parsed.segments;
}

function matches(pattern: string, path: string): boolean {
  const route = { methods: ["POST"], segments: segments(pattern) } as unknown as Route;
  return matchRoute([route], "POST", path) !== null;
}

test("a match is methods and a path", () => {
  assert.deepEqual(parseMatch("POST,PATCH  /v1/payments/{id}/**"), {
    methods: ["POST", "PATCH"],
    segments: ["v1", "payments", "{id}", "**"],
    text: "POST,PATCH /v1/payments/{id}/**",
  });
});

test("a match that would not mean what it says is refused with its line", () => {
  const cases: [string, RegExp][] = [
    ["/payments", /must be METHOD PATH, such as POST \/v1\/payments$/],
    ["POST /a /b", /must be METHOD PATH/],
    ["post /a", /has the method "post": methods are upper case/],
    ["OPTIONS /a", /has the method OPTIONS, which has no effect to protect/],
    ["POST,POST /a", /names a method twice/],
    ["POST a", /has the path a, which must begin with \//],
    ["POST /**/a", /has \*\* before its end/],
    ["POST /a/*", /say \{name\} for one segment/],
    ["POST /a/x{id}", /has the segment x\{id\}: \{name\} is a whole segment/],
    ["POST /a?x=1", /has the segment a\?x=1: a path has no query/],
  ];
  for (const [match, expected] of cases) {
    const [fault] = faultsOf(withPiece("POST /payments", JSON.stringify(match)));
    assert.match(fault ?? "", expected, match);
    assert.ok(fault?.startsWith("7: routes[0].match "), fault);
  }
});

const PATTERNS = [
  "/",
  "/a",
  "/{x}",
  "/a/b",
  "/a/{x}",
  "/{x}/b",
  "/{x}/{y}",
  "/a/**",
  "/{x}/**",
  "/**",
  "/a/b/**",
  "/a/",
];
const PATHS = ["/", "/a", "/b", "/a/", "/a/b", "/a/c", "/c/b", "/c/d", "/a/b/c", "/a/c/d", "/c/d/e"];

test("a pattern covers another exactly where it matches all of its paths", () => {
  for (const outer of PATTERNS) {
    for (const inner of PATTERNS) {
      const all = PATHS.every((path) => !matches(inner, path) || matches(outer, path));
      assert.equal(covers(segments(outer), segments(inner)), all, `${outer} covers ${inner}`);
    }
  }
});

test("where two patterns meet, both match; where they do not, no path is in both", () => {
  for (const a of PATTERNS) {
    for (const b of PATTERNS) {
      const path = meeting(segments(a), segments(b));
      if (path === null)
        assert.deepEqual(
          PATHS.filter((it) => matches(a, it) && matches(b, it)),
          [],
          `${a} and ${b}`,
        );
      else assert.ok(matches(a, path) && matches(b, path), `${a} and ${b} at ${path}`);
    }
  }
});

const second = (match: string): string => `${SMALLEST}  - match: ${match}\n    upstream: bank\n`;

test("a route that never matches is refused, with the line that takes its requests", () => {
  const first = withPiece("POST /payments", "POST,PATCH /**");
  assert.deepEqual(faultsOf(`${first}  - match: POST /payments\n    upstream: bank\n`), [
    "9: routes[1].match never matches: all of it is taken before (POST by line 7). Move it up, or remove it",
  ]);
  assert.match(
    warningsOf(`${first}  - match: POST,PUT /payments\n    upstream: bank\n`)[0] ?? "",
    /^9: routes\[1\]\.match is partly shadowed \(POST by line 7\)/,
  );
});

test("two routes with one id are refused: their keys would be one", () => {
  assert.match(
    faultsOf(second("POST /payments"))[0] ?? "",
    /^9: routes\[1\]\.match has the id of the route in line 7, POST \/payments/,
  );
  assert.deepEqual(faultsOf(second("POST /refunds")), []);
});
