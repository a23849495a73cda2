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
  const found = headers.map((name) => headerLines(request.headers, name)).filter((lines) => lines.length > 0);
  const read = found.length > 0 ? fromHeaders(found, bytesMax) : fromBody(request, body, bytesMax);
  if (read.kind !== "key") return read;
  const wrong = checkFormat(read.key, format);
  return wrong === null ? read : { kind: "malformed", why: wrong.why };
}

function fromHeaders(found: readonly string[][], bytesMax: number): ReadKey {
  const parsed = found.map((lines) => parseKey(lines, bytesMax));
  const bad = parsed.find((key) => key.kind !== "key");
  if (bad !== undefined) return bad as ReadKey;
  const [first, ...others] = parsed as (ParsedKey & { kind: "key" })[];
  if (others.some(({ key }) => key !== first!.key)) {
    return { kind: "malformed", why: "Two headers of the request carry two different keys. Send one." };
  }
  return { kind: "key", key: first!.key, sent: found[0]![0]!.trim() };
}

function fromBody(request: Incoming, pointer: string | null, bytesMax: number): ReadKey {
  if (pointer === null) return { kind: "missing" };
  const value = valueAt(request.body, pointer);
  if (value === undefined || value === null) return { kind: "missing" };
  if (typeof value !== "string") return { kind: "malformed", why: `The key at ${pointer} must be a JSON string.` };
  const parsed = parseKeyValue(value, bytesMax);
  return parsed.kind === "key" ? { ...parsed, sent: value } : parsed;
}
