import type { Route } from "./route.ts";

/** What a route is found by. */
type Matched = Pick<Route, "methods" | "segments">;

/**
 * The first route that matches; null: the request passes through untouched. `path` without its query. Upstreams read
 * `/pay/`, `//pay` and `/%70ay` as `/pay` more often than not: the match does too, so that none of them slips by.
 */
export function matchRoute<R extends Matched>(routes: readonly R[], method: string, path: string): R | null {
  const parts = partsOf(path);
  return routes.find((route) => route.methods.includes(method) && matches(route.segments, parts)) ?? null;
}

function matches(segments: readonly string[], parts: readonly string[]): boolean {
  const open = segments.at(-1) === "**";
  if (open ? parts.length < segments.length - 1 : parts.length !== segments.length) return false;
  return segments.every((segment, at) => segment === "**" || segment.startsWith("{") || parts[at] === segment);
}

/** The segments of a path as most servers take them: decoded, without empty ones, dots resolved. */
function partsOf(path: string): string[] {
  const parts: string[] = [];
  for (const raw of path.split("/")) {
    const part = decoded(raw);
    if (part === "..") parts.pop();
    else if (part !== "" && part !== ".") parts.push(part);
  }
  return parts;
}

function decoded(part: string): string {
  if (!part.includes("%")) return part;
  try {
    return decodeURIComponent(part);
  } catch {
    return part;
  }
}
