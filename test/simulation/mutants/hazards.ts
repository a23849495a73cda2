import type { Mutant } from "./mutant.ts";

const RUN = "packages/core/src/record/run.ts";
const ACTS = "packages/core/src/engine/acts.ts";
const WIRE = "test/simulation/wire.ts";
const WATCH = "packages/core/src/store/authority/watch.ts";

/** Ways in which software like this one can still charge twice, lie or get stuck, by their numbers in the list of hazards. */
export const HAZARD_MUTANTS: readonly Mutant[] = [
  {
    name: "sends-twice-after-reset",
    origin: "H9: HTTP clients that retry a request whose connection fell",
    does: "the socket's owner sends again after the first byte",
    patches: [
      {
        file: WIRE,
        from: 'return await (request.method === "GET" ? question(request, parts) : payment(request, parts));',
        to: 'const first = await (request.method === "GET" ? question(request, parts) : payment(request, parts));\n    return first.kind === "broken" && request.method !== "GET" ? await payment(request, parts) : first;',
      },
    ],
  },
  {
    name: "sends-before-the-claim",
    origin: "H8: no intent before the effect",
    does: "the request leaves while its claim is still on its way to the store",
    patches: [
      {
        file: RUN,
        from: 'return { ...next, act: { act: "swap", write, tell: null, tries: 0 }, verdict: decision.verdict };',
        to: 'if (decision.verdict.kind === "run" && run.seen === null) return follow({ ...next, seen: { fence, record } }, decision.verdict, world);\n      return { ...next, act: { act: "swap", write, tell: null, tries: 0 }, verdict: decision.verdict };',
      },
    ],
  },
  {
    name: "absence-by-reading",
    origin: "H7: a swap of unknown fate is resolved by reading",
    does: "a claim whose acknowledgement is lost is taken for one that failed",
    patches: [
      {
        file: RUN,
        from: "return repeat({ ...run, mayBeWritten: true }, world);",
        to: "return afterRefusal(run, world);",
      },
      {
        file: RUN,
        from: 'const mustBeWritten = kind === "answer" || kind === "end" || kind === "asked";',
        to: "const mustBeWritten = false && kind;",
      },
    ],
  },
  {
    name: "no-send-by",
    origin: "H1, H8: nothing stops who was held up between claim and send",
    does: "a holder sends however late it is",
    patches: [
      {
        file: ACTS,
        from: "started = maySend(attempt, clock.now(), errand.policy()) && clock.monotonicMs() < sendByMs;",
        to: "started = true || (maySend(attempt, clock.now(), errand.policy()) && clock.monotonicMs() < sendByMs);",
      },
      {
        file: ACTS,
        from: "const startWithinMs = Math.max(0, sendByMs - clock.monotonicMs());",
        to: "const startWithinMs = 60_000;",
      },
    ],
  },
  {
    name: "derived-key-recomputed",
    origin: "H14: the key that goes upstream is computed anew for each attempt",
    does: "a takeover repeats under a key that the upstream has never seen",
    patches: [
      {
        file: WIRE,
        from: '  const upstreamKey = find("idempotency-key");',
        to: '  const upstreamKey = [find("idempotency-key"), find("x-request")].join("/");',
      },
    ],
  },
  {
    name: "naming-secret-rotates",
    origin: "H13: another naming secret names every key anew",
    does: "one process has another naming secret",
    patches: [
      {
        file: "test/simulation/secrets.ts",
        from: '  vaultOf("f2", ["f1", "f2"], "s2", ["s1", "s2"]),',
        to: '  vaultOf("f2", ["f1", "f2"], "s2", ["s1", "s2"], secret(9)),',
      },
      {
        file: "test/simulation/secrets.ts",
        from: "  opens: readonly (keyof typeof SEALS)[],\n",
        to: "  opens: readonly (keyof typeof SEALS)[],\n  naming = NAMING,\n",
      },
      { file: "test/simulation/secrets.ts", from: "    naming: NAMING,", to: "    naming," },
    ],
  },
  {
    name: "loss-not-declared",
    origin: "H20: failover to an asynchronous standby, a restored backup",
    does: "the store has forgotten, and nobody acts on it: what is found out or declared is over at once",
    patches: [
      { file: WATCH, from: "const endsAt = after(until, this.#options.retryWithinMs);", to: "const endsAt = since;" },
    ],
  },
  {
    name: "another-history-is-ours",
    origin: "H20: failover to an asynchronous standby, a restored backup",
    does: "a store that says that its history is another one is worked with as before",
    patches: [
      {
        file: WATCH,
        from: "if (lineage === null || !isOther(lineage, this.#authority)) return lineage;",
        to: "if (lineage === null || isOther(lineage, this.#authority) || true) return lineage;",
      },
    ],
  },
  {
    name: "loss-since-now",
    origin: "H20: failover to an asynchronous standby, a restored backup",
    does: "what was lost is taken to be as young as its discovery",
    patches: [
      {
        file: WATCH,
        from: "const since = after(lineage.keptUntil, -this.times.sinceMarginMs);",
        to: "const since = clock.now();",
      },
    ],
  },
  {
    name: "memory-of-a-lost-history",
    origin: "H30: memory, and what is behind it",
    does: "what was remembered of a history is replayed after it was lost",
    patches: [
      { file: WATCH, from: "      lost(this.#suspected);\n", to: "" },
      { file: WATCH, from: "for (const loss of news) this.#options.lost(loss);", to: "void news;" },
    ],
    verdict:
      "what is remembered is true, lost or not: it takes a recovered answer of other bytes while a process still holds the first",
  },
  {
    name: "writes-by-any-clock",
    origin: "H21: a clock that jumped purges the protection",
    does: "a process whose clock is far behind claims by it, and its rows look past their horizon",
    patches: [
      {
        file: "packages/core/src/engine/clocks.ts",
        from: "return !turned && this.#apartMs <= skewMs;",
        to: "return true || turned || this.#apartMs <= skewMs;",
      },
      {
        file: "packages/core/src/engine/clocks.ts",
        from: "const isWrong = this.#apartMs > skewMs || this.#isTurned(skewMs);",
        to: "const isWrong = false && (this.#apartMs > skewMs || this.#isTurned(skewMs));",
      },
    ],
  },
  {
    name: "unreadable-is-free",
    origin: "H27: a row that cannot be read",
    does: "a row of a newer version is taken for none",
    patches: [
      {
        file: ACTS,
        from: "current: swapped.current === null ? null : seenIn(swapped.current) };",
        to: "current: swapped.current === null ? null : orNone(swapped.current) };",
      },
      {
        file: ACTS,
        from: "export function isUnreadable(",
        to: 'function orNone(row: Row): Seen {\n  try {\n    return seenIn(row);\n  } catch {\n    const never = { at: 0 as Instant };\n    return { fence: row.fence, record: { format: 1, fingerprint: null, route: "", account: "", profile: "", pins: { upstream: "bank", ladder: { repeat: null, ask: null }, deadlineMs: 1 }, firstSendAt: never.at, state: { kind: "idle" }, open: [], asks: { count: 0, nextAt: never.at }, changedAt: never.at, secrets: { sealed: new Uint8Array() }, answer: null, history: { entries: [], older: 0, olderDigest: "" } } };\n  }\n}\n\nexport function isUnreadable(',
      },
      {
        file: "packages/core/src/record/claim.ts",
        from: 'if (stored === null) return { kind: "erased" };',
        to: "if (stored === null) return null;",
      },
    ],
  },
  {
    name: "memory-compares-nothing",
    origin: "H30, H31: a cache that is keyed by less than what makes a request",
    does: "process memory answers whoever sends the key",
    patches: [
      {
        file: "packages/gateway/src/flow/replay-memory.ts",
        from: "return entry.content === content() ? entry.outgoing : null;",
        to: 'return entry.content === "" ? null : entry.outgoing;',
      },
    ],
  },
  {
    name: "unknown-secret-is-mismatch",
    origin: "H13: fingerprints and seals under an id that is not known here",
    does: "what cannot be compared is run",
    patches: [
      {
        file: "packages/core/src/record/claim.ts",
        from: 'if (mine === null) return { kind: "cannotCompare", scheme: stored.scheme };',
        to: "if (mine === null) return null;",
      },
      {
        file: "packages/core/src/record/claim.ts",
        from: 'if (record.state.kind === "completed") return stay(tell(record, now, policy));\n  if (command.shadow)',
        to: 'if (record.state.kind === "completed" && command.request.fingerprint(record.fingerprint!.scheme) !== null) return stay(tell(record, now, policy));\n  if (record.state.kind === "completed") return run(record, command, now, policy);\n  if (command.shadow)',
      },
    ],
  },
  {
    name: "not-told-not-stored",
    origin: "H11: the completion cannot be written",
    does: "after one lost acknowledgement the completion is forgotten",
    patches: [
      {
        file: RUN,
        from: "return repeat({ ...run, mayBeWritten: true }, world);",
        to: 'return run.command.kind === "answer" ? finish(run, sayMeanwhile(run)) : repeat({ ...run, mayBeWritten: true }, world);',
      },
      {
        file: RUN,
        from: '  return { kind: "pending", retryAfterMs: 1_000 };\n}\n\nfunction finish',
        to: '  return run.command.kind === "answer" ? { kind: "unavailable", why: "store" } : { kind: "pending", retryAfterMs: 1_000 };\n}\n\nfunction finish',
      },
    ],
  },
  {
    name: "due-loop-stops",
    origin: "H27, H33: nobody comes back to a key",
    does: "the due loop visits nothing",
    patches: [
      {
        file: "packages/core/src/engine/due.ts",
        from: "const changed = await Promise.all(visits.map((row) => this.#visit(row)));",
        to: "const changed = await Promise.all(visits.slice(visits.length).map((row) => this.#visit(row)));",
      },
    ],
  },
  {
    name: "fence-from-the-clock",
    origin: "H5: a fence that two writes can share",
    does: "a fence is the clock and nothing else",
    patches: [
      {
        file: "packages/core/src/record/fence.ts",
        from: "return (written.digits + random) as Fence;",
        to: 'return (written.digits + random.replace(/./g, "0")) as Fence;',
      },
    ],
  },
];
