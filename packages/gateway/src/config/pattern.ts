/** What a route matches: methods, and path segments as in flow/route.ts. */
export type Pattern = Readonly<{ methods: readonly string[]; segments: readonly string[] }>;

const METHOD = /^[A-Z]{1,20}$/;
/** Effects are protected, and these have none, or are not for a proxy to forward. */
const REFUSED = new Set(["HEAD", "OPTIONS", "TRACE", "CONNECT"]);
const PLACE = /^\{[A-Za-z_]\w*\}$/;
const LITERAL = /^[A-Za-z0-9\-._~!$&'()*+,;=:@%]*$/;

/** `METHOD[,METHOD] PATH`, or what is wrong with it. `text`: the same with single blanks, what a route's id is. */
export function parseMatch(match: string): (Pattern & Readonly<{ text: string }>) | Readonly<{ fault: string }> {
  const [methodList = "", path = "", ...rest] = match.trim().split(/\s+/);
  const methods = methodList.split(",");
  if (path === "" || rest.length > 0) return { fault: "must be METHOD PATH, such as POST /v1/payments" };
  for (const method of methods) {
    if (!METHOD.test(method))
      return { fault: `has the method "${method}": methods are upper case, POST or POST,PATCH` };
    if (REFUSED.has(method)) return { fault: `has the method ${method}, which has no effect to protect: leave it out` };
  }
  if (new Set(methods).size < methods.length) return { fault: `names a method twice in ${methodList}` };
  if (!path.startsWith("/")) return { fault: `has the path ${path}, which must begin with /` };
  // As a path is matched: decoded, without empty segments, so that `/a/` is `/a`.
  const segments = path
    .split("/")
    .filter((segment) => segment !== "")
    .map(decoded);
  const fault = segmentFault(segments);
  return fault === null ? { methods, segments, text: `${methodList} ${path}` } : { fault };
}

function decoded(segment: string): string {
  try {
    return decodeURIComponent(segment);
  } catch {
    return segment;
  }
}

function segmentFault(segments: readonly string[]): string | null {
  for (const [at, segment] of segments.entries()) {
    if (segment === "**" && at < segments.length - 1)
      return "has ** before its end: it stands for the rest of the path";
    if (segment === "*" || (segment.includes("*") && segment !== "**")) {
      return `has the segment ${segment}: say {name} for one segment, or ** for the rest`;
    }
    if (segment.includes("{") && !PLACE.test(segment)) {
      return `has the segment ${segment}: {name} is a whole segment, with letters, digits and _`;
    }
    if (!segment.includes("{") && !LITERAL.test(segment)) {
      return `has the segment ${segment}: a path has no query, and other characters are percent-encoded`;
    }
  }
  return null;
}

/** Whether `outer` matches every path that `inner` matches. */
export function covers(outer: Pattern["segments"], inner: Pattern["segments"]): boolean {
  const open = outer.at(-1) === "**";
  const fixed = open ? outer.slice(0, -1) : outer;
  if (!open && (inner.at(-1) === "**" || inner.length !== outer.length)) return false;
  const innerFixed = inner.at(-1) === "**" ? inner.slice(0, -1) : inner;
  if (innerFixed.length < fixed.length) return false;
  return fixed.every((segment, at) => isPlace(segment) || segment === innerFixed[at]);
}

/** A path that both match, with the places filled by something no literal is; null: there is none. */
export function meeting(a: Pattern["segments"], b: Pattern["segments"]): string | null {
  const length = Math.max(fixedLength(a), fixedLength(b));
  const parts: string[] = [];
  for (let at = 0; at < length; at++) {
    const [left, right] = [segmentAt(a, at), segmentAt(b, at)];
    if (left === null || right === null) return null;
    const literal = [left, right].filter((segment) => !isPlace(segment));
    if (literal.length === 2 && literal[0] !== literal[1]) return null;
    parts.push(literal[0] ?? "~any~");
  }
  return `/${parts.join("/")}`;
}

const ANY = "{rest}";

function segmentAt(segments: Pattern["segments"], at: number): string | null {
  const segment = segments[at];
  if (segment !== undefined && segment !== "**") return segment;
  return segments.at(-1) === "**" ? ANY : null;
}

function fixedLength(segments: Pattern["segments"]): number {
  return segments.at(-1) === "**" ? segments.length - 1 : segments.length;
}

function isPlace(segment: string): boolean {
  return segment.startsWith("{");
}
