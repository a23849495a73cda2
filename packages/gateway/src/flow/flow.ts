import type { Clock, Engine, Send } from "@semel/core/engine";
import { headerLines, type Marks } from "@semel/core/http/protocol";
import {
  derivedUpstreamKey,
  type Facts,
  type Instant,
  NO_FACTS,
  type Part,
  type Profile,
  type Request,
  type Secrets,
  type Vault,
} from "@semel/core/record";
import { type CachingPorts, fromCache, toCache } from "./caching.ts";
import type { Forward, Incoming, Outgoing } from "./exchange.ts";
import { fingerprintsOf } from "./fingerprint.ts";
import { identify } from "./identify.ts";
import { nameRun, textOfContent, textOfName } from "./name-run.ts";
import { textsAt } from "./pointer.ts";
import { readKey } from "./read-key.ts";
import { refused, render } from "./render.ts";
import type { Replayable, ReplayMemory } from "./replay-memory.ts";
import type { Accounts, Route } from "./route.ts";
import { type Sight, sender } from "./send.ts";
import { asItCame, shadow } from "./shadow.ts";
import type { Slots } from "./slots.ts";

/** Everything that a request meets on its way: no sockets, no clock of its own. */
export type FlowPorts = CachingPorts &
  Readonly<{
    engine: Engine;
    vault: Vault;
    accounts: Accounts;
    memory: ReplayMemory;
    now: () => Instant;
    profileOf: (route: Route) => Profile;
    slotsOf: (route: Route) => Slots;
    forward: Forward;
    digest: (body: Uint8Array) => string;
    later: Clock["later"];
    /** Whoever waits for it in one turn of the event loop goes on in one go. */
    endOfTurn: () => Promise<void>;
  }>;

/** `pass`: the request goes through unprotected, as its profile has it for requests without a key. */
export type Flowed = Readonly<{ kind: "answer"; outgoing: Outgoing; word: string }> | Readonly<{ kind: "pass" }>;

/** A keyed request's way, in a straight line: parse, identify, remember, name, compare, claim, send, complete, answer. */
export async function flow(request: Incoming, route: Route, ports: FlowPorts): Promise<Flowed> {
  await ports.endOfTurn();
  const { engine, vault, memory } = ports;
  const profile = ports.profileOf(route);
  const shadows = route.mode === "shadow";

  const read = readKey(request, route);
  if (read.kind === "missing" && !route.key.required) return PASS;
  if (read.kind !== "key") {
    return shadows ? PASS : refusal(profile, read.kind, read.kind === "malformed" ? read.why : null);
  }

  const account = identify(request, ports.accounts, ports.vault);
  if (account === null) return shadows ? PASS : unauthorised();

  const name = textOfName(request, route, account, read.key);
  const content = (): string => textOfContent(request, route, ports.digest);
  const remembered = shadows ? null : memory.get(name, read.sent, content, ports.now());
  if (remembered !== null) return { kind: "answer", outgoing: remembered, word: "replayed" };

  const run = nameRun(request, route, account, read.key, vault);
  const fingerprints = fingerprintsOf(request, route, vault);
  if (fingerprints.refused !== null) return shadows ? PASS : refusal(profile, "malformed", fingerprints.refused);

  const keyed: Request = {
    identity: { route: route.id, account, profile: profile.version },
    fingerprint: fingerprints.of,
    secrets: secretsOf(request, route, read.key, read.sent, () => derivedUpstreamKey(run, vault)),
  };
  if (shadows) {
    const handle = (send: Send) =>
      engine.shadow({ key: run, request: asItCame(keyed, run, request, route, ports), send });
    return { kind: "answer", ...(await shadow(request, route, handle, ports)) };
  }

  const marks: Marks = { clientKey: read.sent, run };
  const remember = (record: Replayable, outgoing: Outgoing): void =>
    memory.put(run, { name, sent: read.sent, content: content() }, record, outgoing, ports.now());
  const cached = ports.cache && (await fromCache(ports.cache, marks, profile, fingerprints, ports));
  if (cached !== null) {
    remember(cached.record, cached.outgoing);
    return { kind: "answer", outgoing: cached.outgoing, word: cached.word };
  }

  const sight: Sight = { failed: null, answer: null };
  const reply = await engine.handle({
    key: run,
    request: keyed,
    send: sender(request, route, sight, ports),
    waitMs: waitMs(request, route),
    waitersPerKey: route.limits.waitersPerKey,
    slot: ports.slotsOf(route).slot(),
    gone: () => request.gone?.() === true,
  });
  const outgoing = render(reply, profile, marks, sight, vault);
  if (reply.kind === "answer" && reply.how !== "mine") remember(reply.record, outgoing);
  toCache(run, reply, ports);
  return { kind: "answer", outgoing, word: reply.kind === "answer" ? reply.how : reply.kind };
}

const PASS: Flowed = { kind: "pass" };

function refusal(profile: Profile, situation: "missing" | "malformed", why: string | null): Flowed {
  // A profile without a word for it lets such requests pass; where the route asks for a key all the same, it is malformed.
  const passes = profile.rows[situation].status === "pass";
  const facts: Facts = { ...NO_FACTS, why: passes ? "This route requires an idempotency key. Send one." : why };
  const outgoing = refused(profile, passes ? "malformed" : situation, facts, null);
  return { kind: "answer", outgoing, word: situation };
}

/** Authentication comes before look-up: for an unknown account nothing is read and nothing is stored. */
function unauthorised(): Flowed {
  const body = new TextEncoder().encode(
    JSON.stringify({
      type: "/.well-known/idempotency/problems/account-unknown",
      title: "The account is unknown",
      status: 401,
      detail:
        "The request carries an idempotency key but no account that the gateway knows. Nothing was sent or stored.",
      code: "account_unknown",
      retryable: false,
    }),
  );
  const headers = ["Content-Type", "application/problem+json", "Cache-Control", "no-store"];
  return { kind: "answer", outgoing: { status: 401, headers, body, rest: null }, word: "unauthorised" };
}

/** What the record keeps sealed: the client's key, the key that goes upstream, and what a later question needs. */
function secretsOf(
  request: Incoming,
  route: Route,
  clientKey: string,
  sent: string,
  derived: () => string,
): Part<Secrets> {
  const { key, ask } = route.upstream;
  const upstreamKey = key === "forward" ? sent : key === "derived" ? derived() : "";
  const vars: { [name: string]: string } = {};
  const wanted = ask?.vars ?? [];
  for (const [at, text] of textsAt(
    request.body,
    wanted.map(({ pointer }) => pointer),
  ).entries()) {
    if (text !== null) vars[wanted[at]!.name] = text;
  }
  return { clear: { clientKey, upstreamKey, vars } };
}

/** `Prefer: wait=N` (RFC 7240), bounded by the route's deadline; else what the route says. */
function waitMs(request: Incoming, route: Route): number {
  for (const line of headerLines(request.headers, "prefer")) {
    const wait = /(?:^|,)\s*wait=(\d{1,5})\s*(?:,|;|$)/.exec(line);
    if (wait !== null) return Math.min(Number(wait[1]) * 1_000, route.policy.deadlineMs);
  }
  return route.waitMs;
}
