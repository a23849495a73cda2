/** Headers as they came: name and value in turn, in order, names in their own case. */
export type RawHeaders = readonly string[];

/** Of one connection only (RFC 9110, section 7.6.1), with the old ones that still turn up. */
const HOP_BY_HOP = new Set([
  "connection",
  "keep-alive",
  "proxy-authenticate",
  "proxy-authorization",
  "proxy-connection",
  "te",
  "trailer",
  "transfer-encoding",
  "upgrade",
]);

/** Rebuilt for each connection: framing is never copied. */
const REBUILT = new Set(["content-length", "host", "expect"]);

/** Of one exchange, not of the answer: they differ on a replay, or must not reach another caller. */
const NOT_STORED = new Set(["date", "set-cookie", "set-cookie2"]);

/** The values of one header, in order. `name` in lower case. */
export function headerLines(headers: RawHeaders, name: string): string[] {
  const lines: string[] = [];
  for (let at = 0; at + 1 < headers.length; at += 2) {
    if (isNamed(headers[at]!, name)) lines.push(headers[at + 1]!);
  }
  return lines;
}

/** Lengths first: a dozen headers are searched for a dozen names a request, and changing case is what costs. */
function isNamed(header: string, name: string): boolean {
  return header.length === name.length && header.toLowerCase() === name;
}

/** The one value of a header; several lines are joined as RFC 9110, section 5.3 has it. null: there is none. */
export function headerValue(headers: RawHeaders, name: string): string | null {
  const lines = headerLines(headers, name);
  return lines.length === 0 ? null : lines.join(", ");
}

/** The request's headers without what belongs to its connection, and without `dropped` (lower case). */
export function endToEnd(headers: RawHeaders, dropped: ReadonlySet<string> = new Set()): string[] {
  const nominated = nominatedHeaders(headers);
  return keep(
    headers,
    (name) => !HOP_BY_HOP.has(name) && !REBUILT.has(name) && !nominated.has(name) && !dropped.has(name),
  );
}

/** What of an upstream's answer is stored, and given to every retry. */
export function storedHeaders(headers: RawHeaders): string[] {
  const nominated = nominatedHeaders(headers);
  return keep(
    headers,
    (name) => !HOP_BY_HOP.has(name) && !nominated.has(name) && !NOT_STORED.has(name) && name !== "content-length",
  );
}

/** The headers but those named (lower case). */
export function withoutHeaders(headers: RawHeaders, names: ReadonlySet<string>): string[] {
  return keep(headers, (name) => !names.has(name));
}

const NONE: ReadonlySet<string> = new Set();

function nominatedHeaders(headers: RawHeaders): ReadonlySet<string> {
  const lines = headerLines(headers, "connection");
  if (lines.every((line) => HOP_BY_HOP.has(line))) return NONE;
  const names = lines.flatMap((line) => line.split(","));
  return new Set(names.map((name) => name.trim().toLowerCase()));
}

function keep(headers: RawHeaders, wanted: (name: string) => boolean): string[] {
  const kept: string[] = [];
  for (let at = 0; at + 1 < headers.length; at += 2) {
    if (wanted(headers[at]!.toLowerCase())) kept.push(headers[at]!, headers[at + 1]!);
  }
  return kept;
}
