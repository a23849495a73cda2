import { headerLines } from "@semel/core/http/protocol";
import { checkFormat, type ParsedKey, parseKey, parseKeyValue } from "@semel/core/record";
import type { Incoming } from "./exchange.ts";
import { valueAt } from "./pointer.ts";
import type { Route } from "./route.ts";

/** `sent`: the field's value byte for byte, what a `forward` upstream is sent. */
export type ReadKey = Exclude<ParsedKey, { kind: "key" }> | Readonly<{ kind: "key"; key: string; sent: string }>;

/** The request's idempotency key: from the first of the route's headers that is there, else from the body. */
export function readKey(request: Incoming, route: Route): ReadKey {
  const { headers, body, format, bytesMax } = route.key;
  let read: ReadKey | null = null;
  for (const name of headers) {
    const lines = headerLines(request.headers, name);
    if (lines.length === 0) continue;
    const next = fromHeader(lines, bytesMax);
    if (next.kind !== "key") return next;
    if (read?.kind === "key" && read.key !== next.key) return TWO_KEYS;
    read ??= next;
  }
  read ??= fromBody(request, body, bytesMax);
  if (read.kind !== "key") return read;
  const wrong = checkFormat(read.key, format);
  return wrong === null ? read : { kind: "malformed", why: wrong.why };
}

const TWO_KEYS: ReadKey = {
  kind: "malformed",
  why: "Two headers of the request carry two different keys. Send one.",
};

function fromHeader(lines: readonly string[], bytesMax: number): ReadKey {
  const parsed = parseKey(lines, bytesMax);
  return parsed.kind === "key" ? { kind: "key", key: parsed.key, sent: lines[0]!.trim() } : parsed;
}

function fromBody(request: Incoming, pointer: string | null, bytesMax: number): ReadKey {
  if (pointer === null) return { kind: "missing" };
  const value = valueAt(request.body, pointer);
  if (value === undefined || value === null) return { kind: "missing" };
  if (typeof value !== "string") return { kind: "malformed", why: `The key at ${pointer} must be a JSON string.` };
  const parsed = parseKeyValue(value, bytesMax);
  return parsed.kind === "key" ? { ...parsed, sent: value } : parsed;
}
