import type { Send } from "@semel/core/engine";
import { endToEnd } from "@semel/core/http/protocol";
import type { Reply } from "@semel/core/record";
import type { Forwarded, Incoming, Outgoing } from "./exchange.ts";
import type { Route } from "./route.ts";
import { meaning, type SendPorts, type Sight } from "./send.ts";

export type ShadowPorts = SendPorts & Readonly<{ sleep: (ms: number) => Promise<void> }>;
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
  let forwarding: Promise<Forwarded> | null = null;
  const forwardOnce = (): Promise<Forwarded> => {
    forwarding ??= forwardAsIs(request, route, ports);
    return forwarding;
  };
  const claimed = Promise.withResolvers<string>();
  const send: Send = async ({ record }) => {
    claimed.resolve(record.open.length > 0 ? "shadow-duplicate" : "shadow");
    return meaning(await forwardOnce(), route, sight, ports);
  };
  const known = handle(send).then(wordOf);
  const late = ports.sleep(route.policy.sendWithinMs).then(() => "shadow-unrecorded");
  const word = await Promise.race([claimed.promise, known, late]);
  return { outgoing: outgoing(await forwardOnce()), word };
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

function forwardAsIs(request: Incoming, route: Route, ports: ShadowPorts): Promise<Forwarded> {
  return ports.forward(route.upstream, {
    method: request.method,
    target: request.target,
    headers: endToEnd(request.headers),
    body: request.body,
    startWithinMs: route.policy.deadlineMs,
    deadlineMs: route.policy.deadlineMs,
    answerBytesMax: route.limits.answerBytes,
    mayStart: () => true,
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
