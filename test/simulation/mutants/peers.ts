import type { Mutant } from "./mutant.ts";

const CLAIM = "packages/core/src/record/claim.ts";
const RUN = "packages/core/src/record/run.ts";
const ANSWER = "packages/core/src/record/answer.ts";
const TRANSITION = "packages/core/src/record/transition.ts";
const FLOW = "packages/gateway/src/flow/flow.ts";
const SEND = "packages/gateway/src/flow/send.ts";
const RENDER = "packages/gateway/src/flow/render.ts";
const NAME = "packages/gateway/src/flow/name-run.ts";
const AUTHORITY = "test/simulation/authority.ts";
const CONNECTION = "test/simulation/connection.ts";

/** Defects that other software of this kind had or has, as far as they can be had here. */
export const PEER_MUTANTS: readonly Mutant[] = [
  {
    name: "rejected-duplicate-deletes",
    origin: "Powertools TypeScript (issue 5675)",
    does: "a duplicate that is refused removes the record of the request that runs",
    patches: [
      {
        file: CLAIM,
        from: 'if (record.state.kind === "running") return stay(tell(record, now, policy));',
        to: 'if (record.state.kind === "running") return { kind: "drop" };',
      },
    ],
  },
  {
    name: "empty-counts-as-nothing",
    origin: "node-idempotency; Powertools Python (issue 2987)",
    does: "an answer without a body is taken for no answer",
    patches: [
      {
        file: SEND,
        from: "const words = route.upstream.words(",
        to: 'const words = body.length === 0 ? ({ notSuspect: "noEffect", suspect: "noEffect" } as const) : route.upstream.words(',
      },
    ],
  },
  {
    name: "write-without-fence",
    origin: "Powertools, idempotency4j, Diom, fiber, hono-idempotency, idempot-js, node-idempotency",
    does: "whoever writes last wins: a write does not look at what is there",
    patches: [
      {
        file: AUTHORITY,
        from: "const result = await this.#real(this.#rows.swap(swap));",
        to: "const result = await this.#real(this.#rows.swap({ ...swap, expect: before?.fence ?? null }));",
      },
    ],
  },
  {
    name: "check-then-act",
    origin: "Jdempotent, express-idempotency, IdempotentAPI (issue 23)",
    does: "looks whether the key is free, and writes a moment later whatever is there by then",
    patches: [
      {
        file: CONNECTION,
        from: '    return this.#writing("swap", async () => {',
        to: '    const looked = this.#authority.current.get(swap.key)?.fence ?? null;\n    return this.#writing("swap", async () => {\n      if (looked === swap.expect) written.expect = this.#authority.current.get(swap.key)?.fence ?? null;',
      },
      {
        file: CONNECTION,
        from: "const written = isNewer ? { ...swap, next: { ...next, doc: inFormat(next.doc, NEXT_FORMAT) } } : swap;",
        to: "const written = { ...swap, next: isNewer ? { ...next, doc: inFormat(next.doc, NEXT_FORMAT) } : next };",
      },
    ],
  },
  {
    name: "fails-open",
    origin: "node-idempotency for Fastify",
    does: "sends without a record where the store does not answer",
    patches: [
      {
        file: RUN,
        from: 'return mustBeWritten ? repeat(run, world) : finish(run, { kind: "unavailable", why: "store" });',
        to: 'return run.verdict?.kind === "run" ? follow(run, run.verdict, world) : repeat(run, world);',
      },
    ],
  },
  {
    name: "lost-claim-proceeds",
    origin: "node-idempotency; acidic_job",
    does: "a claim that was lost runs all the same",
    patches: [
      {
        file: RUN,
        from: "const isOver = run.told &&",
        to: 'if (run.command.kind === "claim" && run.verdict?.kind === "run" && !run.told) return follow(run, run.verdict, world);\n  const isOver = run.told &&',
      },
    ],
  },
  {
    name: "deletes-on-error",
    origin: "Powertools, hono-idempotency, IdempotentAPI, idempotency4j, Jdempotent, idempo, fiber",
    does: "an attempt that failed takes its record with it, so that the retry runs",
    patches: [
      {
        file: ANSWER,
        from: "if (provesNothing) return runs ? leaveOpen(record, attempt, note, now, policy) : stay(tell(record, now, policy));",
        to: 'if (provesNothing) return { kind: "drop" };',
      },
    ],
  },
  {
    name: "replay-runs",
    origin: "express-idempotency",
    does: "a retry of a completed request runs it once more",
    patches: [
      {
        file: CLAIM,
        from: 'if (record.state.kind === "completed") return stay(tell(record, now, policy));\n  if (command.shadow)',
        to: 'if (record.state.kind === "completed") return run(record, command, now, policy);\n  if (command.shadow)',
      },
    ],
  },
  {
    name: "size-cap-switches-off",
    origin: "idempo (answers over 4 MiB); fiber before 4287",
    does: "an answer too large to be kept leaves no trace",
    patches: [
      {
        file: RUN,
        from: 'return { ...command, answer: null };\n    case "asked":',
        to: 'return { kind: "end", attempt: command.attempt, how: "unsent", note: "too large" };\n    case "asked":',
      },
    ],
  },
  {
    name: "completion-not-repeated",
    origin: "fiber",
    does: "a completion that the store refuses is given up, and the client is told that nothing happened",
    patches: [
      {
        file: RUN,
        from: 'const mustBeWritten = kind === "answer" || kind === "end" || kind === "asked";',
        to: "const mustBeWritten = false && kind;",
      },
    ],
  },
  {
    name: "mismatch-after-completion",
    origin: "Powertools TypeScript (issues 5705, 5706)",
    does: "once completed, a record has forgotten its fingerprint",
    patches: [
      {
        file: CLAIM,
        from: "if (difference !== null) return stay(difference);",
        to: 'if (difference !== null && record.state.kind !== "completed") return stay(difference);',
      },
    ],
  },
  {
    name: "mixed-units",
    origin: "Powertools TypeScript; Java (issue 1281)",
    does: "a horizon in milliseconds is taken for one in seconds",
    patches: [
      {
        file: TRANSITION,
        from: "const byTransition = after(record.changedAt, policy.horizonMs);\n  return",
        to: 'const byTransition = after(record.changedAt, policy.horizonMs / 1_000);\n  if (state.kind === "completed") return byTransition;\n  return',
      },
    ],
  },
  {
    name: "timeout-is-final",
    origin: "rocket-rides-atomic",
    does: "a timeout is stored as a failure",
    patches: [
      {
        file: SEND,
        from: 'return { event: "ambiguous", note: forwarded.note };',
        to: 'return { event: "answered", words: { notSuspect: "final", suspect: "final" }, outcome: { sense: "failure", status: 402, source: "upstream", digest: null }, answer: { clear: { status: 402, headers: ["X-Receipt", "0", "X-Intent-Of", request.intent, "X-For", request.body], body: new Uint8Array() } } };',
      },
      {
        file: SEND,
        from: "export function meaning(forwarded: Forwarded, route: Route, sight: Sight, ports: SendPorts): Sent {",
        to: 'export function meaning(forwarded: Forwarded, route: Route, sight: Sight, ports: SendPorts, sent?: Incoming): Sent {\n  const find = (name: string) => sent?.headers[sent.headers.indexOf(name) + 1] ?? "";\n  const request = { intent: find("X-Intent"), body: new TextDecoder().decode(sent?.body) };',
      },
      {
        file: SEND,
        from: "return meaning(forwarded, route, sight, ports);",
        to: "return meaning(forwarded, route, sight, ports, request);",
      },
    ],
  },
  {
    name: "cross-account",
    origin: "express-idempotency, asgi-idempotency-header, IdempotentAPI, idempotency4j, fiber, idempot-js",
    does: "a key means the same for everybody",
    patches: [
      {
        file: NAME,
        from: 'return vault.name(nameMessage({ tenant: "", account, operation',
        to: 'return vault.name(nameMessage({ tenant: "", account: account.slice(1), operation',
      },
      {
        file: "test/simulation/story.ts",
        from: 'nameMessage({ tenant: "", account, operation',
        to: 'nameMessage({ tenant: "", account: account.slice(1), operation',
      },
    ],
  },
  {
    name: "error-replay-differs",
    origin: "node-idempotency, idempot-js, IdempotentAPI (issue 39)",
    does: "the replay of a failure has another status",
    patches: [
      {
        file: RENDER,
        from: "return { status: answer.status, headers, body: answer.body, rest: null };",
        to: 'return { status: word === "fresh" || answer.status < 400 ? answer.status : 400, headers, body: answer.body, rest: null };',
      },
    ],
  },
  {
    name: "body-not-compared",
    origin: "Worldline by contract; fingerprints that leave something out: IdempotentAPI, node-idempotency",
    does: "the fingerprint leaves the body out",
    patches: [
      {
        file: "packages/gateway/src/flow/fingerprint.ts",
        from: "headers, body: request.body },",
        to: "headers, body: new Uint8Array() },",
      },
    ],
  },
  {
    name: "answered-before-durable",
    origin: "IdempotentAPI, node-idempotency, idempot-js, express-idempotency",
    does: "the client gets its answer before it is stored",
    patches: [
      {
        file: RUN,
        from: 'return { ...next, act: { act: "swap", write, tell: null, tries: 0 }, verdict: decision.verdict };',
        to: 'const early = decision.verdict.kind === "answer" ? decision.verdict : null;\n      return { ...next, told: next.told || early !== null, act: { act: "swap", write, tell: early, tries: 0 }, verdict: decision.verdict };',
      },
    ],
  },
  {
    name: "follower-not-compared",
    origin: "hazard H12",
    does: "who waits for another request with the same key is given its answer unseen",
    patches: [
      {
        file: "packages/core/src/engine/engine.ts",
        from: 'if (mine.digest !== flight.fingerprint.digest) return { kind: "mismatch" };',
        to: "",
      },
    ],
  },
  {
    name: "replays-the-error-of-a-store",
    origin: "idempot-js: a key dead for a day",
    does: "a request that met an error of ours is told that nothing was sent",
    patches: [
      {
        file: FLOW,
        from: "const outgoing = render(reply, profile,",
        to: 'const outgoing = render(reply.kind === "pending" ? { kind: "unavailable", why: "store" } : reply, profile,',
      },
      {
        file: FLOW,
        from: 'word: reply.kind === "answer" ? reply.how : reply.kind };',
        to: 'word: reply.kind === "answer" ? reply.how : reply.kind === "pending" ? "unavailable" : reply.kind };',
      },
    ],
  },
];
