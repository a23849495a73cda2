import type { Clock, Send } from "@semel/core/engine";
import { endToEnd, headerLines } from "@semel/core/http/protocol";
import {
  after,
  type Instant,
  NO_SECRETS,
  openSecrets,
  type RecordKey,
  type Reply,
  type Request,
} from "@semel/core/record";
import type { Forwarded, Incoming, Outgoing } from "./exchange.ts";
import type { Accounts, Route, Upstream } from "./route.ts";
import { meaning, type SendPorts, type Sight } from "./send.ts";

export type ShadowPorts = SendPorts & Readonly<{ now: () => Instant; later: Clock["later"] }>;
export type Shadowed = Readonly<{ outgoing: Outgoing; word: string }>;

/**
 * Forwards a request unchanged, whatever its record says, and writes down what happened: no refusal, no replay, no
 * waiting for a sick store, and no guarantee. Enforcing later knows the keys that went through here.
 */
export async function shadow(
  request: Incoming,
  route: Route,
  handle: (send: Send) => Promise<Reply>,
  ports: ShadowPorts,
): Promise<Shadowed> {
  const sight: Sight = { failed: null, answer: null };
  const startBy = startByOf(route, ports);
  let forwarding: Promise<Forwarded> | null = null;
  const forwardOnce = (): Promise<Forwarded> => {
    forwarding ??= forwardAsIs(request, route, startBy, ports);
    return forwarding;
  };
  const claimed = Promise.withResolvers<string>();
  const send: Send = async ({ record }) => {
    claimed.resolve(record.open.length > 0 ? "shadow-duplicate" : "shadow");
    return meaning(await forwardOnce(), route, sight, ports);
  };
  const known = handle(send).then(wordOf);
  const cancel = ports.later(route.policy.sendWithinMs, () => claimed.resolve("shadow-unrecorded"));
  const word = await Promise.race([claimed.promise, known]);
  cancel();
  return { outgoing: outgoing(await forwardOnce()), word };
}

/**
 * The request as its record is to know it: what is pinned is the key that the upstream sees, which is the client's to choose,
 * and a rung that needs a key is relied on only where that key is the payment's own and the very one that is pinned.
 */
export function asItCame(
  keyed: Request,
  run: RecordKey,
  request: Incoming,
  { upstream }: Route,
  { accounts, vault }: Pick<ShadowPorts, "vault"> & Readonly<{ accounts: Accounts }>,
): Request {
  const secrets = "clear" in keyed.secrets ? keyed.secrets.clear : NO_SECRETS;
  const upstreamKey = keyGoingOut(request, upstream);
  // What two accounts call k1 is one key to an upstream that does not tell them apart: it may stand for the other's payment.
  const isOwn = upstream.key === "forward" || upstream.accountsSeparate || accounts.kind === "single";
  // Only a `forward` upstream is asked for both "k1" with its quotes and k1; it may remember either.
  const isAskedFor = upstream.key === "forward" || upstreamKey === secrets.clientKey;
  const byKey = asksByKey(upstream, secrets.vars);
  return {
    ...keyed,
    secrets: { clear: { ...secrets, upstreamKey } },
    unchanged: (pinned) => {
      const isPinned = upstreamKey !== "" && openSecrets(pinned, run, vault)?.upstreamKey === upstreamKey;
      return { repeat: isPinned && isOwn, ask: !byKey || (isPinned && isOwn && isAskedFor) };
    },
  };
}

/** What the upstream sees in its own key header; empty where there is nothing, or two values of which it takes who knows which. */
function keyGoingOut({ headers }: Incoming, { keyHeader }: Upstream): string {
  const [only = "", ...more] = headerLines(endToEnd(headers), keyHeader);
  return more.length === 0 ? only.trim() : "";
}

/** Another key would make another question. */
function asksByKey({ ask }: Upstream, vars: Readonly<{ [name: string]: string }>): boolean {
  return ask !== null && ask.target("1", vars) !== ask.target("2", vars);
}

/** What was found in the way of a claim: the request is a duplicate of something, or could not be written down. */
function wordOf(reply: Reply): string {
  switch (reply.kind) {
    case "answer":
    case "expired":
    case "notRetained":
    case "erased":
    case "conflict":
      return "shadow-duplicate";
    case "mismatch":
      return "shadow-mismatch";
    default:
      return "shadow-unrecorded";
  }
}

/**
 * Every claim of this request says that it leaves by here or later (`attemptOf` in the kernel), for this is read before any
 * is decided. What has found no connection by then is given up, as it would be without Semel; whether its claim is written
 * is not asked, so a sick store holds nothing back. The bound is checked at the first byte, for a timer may ring late.
 */
function startByOf({ policy }: Route, { now }: ShadowPorts): Instant {
  return after(now(), policy.sendWithinMs + policy.deadlineMs);
}

function forwardAsIs(request: Incoming, route: Route, startBy: Instant, ports: ShadowPorts): Promise<Forwarded> {
  return ports.forward(route.upstream, {
    method: request.method,
    target: request.target,
    headers: endToEnd(request.headers),
    body: request.body,
    startWithinMs: Math.max(0, startBy - ports.now()),
    deadlineMs: route.policy.deadlineMs,
    answerBytesMax: route.limits.answerBytes,
    mayStart: () => ports.now() < startBy,
  });
}

function outgoing(forwarded: Forwarded): Outgoing {
  if (forwarded.kind === "answered") {
    const { status, headers, body, rest } = forwarded;
    return { status, headers: endToEnd(headers), body, rest };
  }
  const status = forwarded.kind === "timeout" ? 504 : 502;
  return { status, headers: ["Content-Type", "text/plain"], body: GATEWAY_ERROR, rest: null };
}

const GATEWAY_ERROR = new TextEncoder().encode("The upstream gave no answer.\n");
