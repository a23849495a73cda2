import type { Send, Sent } from "@semel/core/engine";
import { endToEnd, headerValue, storedHeaders } from "@semel/core/http/protocol";
import { openSecrets, type Vault } from "@semel/core/record";
import type { Forward, Forwarded, Incoming } from "./exchange.ts";
import type { Route } from "./route.ts";

/** What this exchange saw of the upstream: needed for what its own client is told, and never stored. */
export type Sight = {
  failed: "broken" | "timeout" | null;
  /** The whole answer, for a client whose answer is passed on or was too large to keep. */
  answer: (Forwarded & { kind: "answered" }) | null;
};

export type SendPorts = Readonly<{
  forward: Forward;
  vault: Vault;
  digest: (body: Uint8Array) => string;
  endOfTurn: () => Promise<void>;
}>;

/** Sends the request under the key that its claim pinned, and says what the answer means. */
export function sender(request: Incoming, route: Route, sight: Sight, ports: SendPorts): Send {
  return async ({ key, attempt, record, mayStart, startWithinMs }) => {
    const secrets = openSecrets(record.secrets, key, ports.vault);
    if (secrets === null) return { event: "unsent", note: "the pinned upstream key is sealed under an unknown id" };
    const { upstream, limits } = route;
    const own = secrets.upstreamKey === "" ? [] : [upstream.keyHeader, secrets.upstreamKey];
    const forwarded = await ports.forward(upstream, {
      method: request.method,
      target: request.target,
      headers: [...endToEnd(request.headers, droppedBy(route)), "accept-encoding", "identity", ...own],
      body: request.body,
      startWithinMs,
      deadlineMs: attempt.deadlineMs,
      answerBytesMax: limits.answerBytes,
      mayStart,
    });
    await ports.endOfTurn();
    return meaning(forwarded, route, sight, ports);
  };
}

/** Headers that are set anew for the upstream. */
function droppedBy(route: Route): ReadonlySet<string> {
  let names = dropped.get(route);
  if (names === undefined) {
    const keys = [...route.key.headers, route.upstream.keyHeader];
    // CGI and what descends from it read Idempotency_Key as Idempotency-Key, and would take either.
    names = new Set([...keys, ...keys.map((name) => name.replaceAll("-", "_")), "accept-encoding"]);
    dropped.set(route, names);
  }
  return names;
}

const dropped = new WeakMap<Route, ReadonlySet<string>>();

/** What a forwarded request's end means for its record, as the upstream's table has it. */
export function meaning(forwarded: Forwarded, route: Route, sight: Sight, ports: SendPorts): Sent {
  switch (forwarded.kind) {
    case "unsent":
      return { event: "unsent", note: forwarded.note };
    case "broken":
    case "timeout":
      sight.failed = forwarded.kind;
      return { event: "ambiguous", note: forwarded.note };
    case "answered": {
      sight.answer = forwarded;
      sight.failed = "broken";
      const { status, body, rest } = forwarded;
      const headers = storedHeaders(forwarded.headers);
      const words = route.upstream.words(status, (name) => headerValue(forwarded.headers, name));
      const keepable = rest === null && headers.length / 2 <= route.limits.headers;
      return {
        event: "answered",
        words,
        outcome: {
          sense: status < 400 ? "success" : "failure",
          status,
          source: "upstream",
          digest: rest === null ? ports.digest(body) : null,
        },
        answer: keepable ? { clear: { status, headers, body } } : null,
      };
    }
    default:
      return forwarded satisfies never;
  }
}
