import type { Route } from "./route.ts";

/** The first route that matches; null: the request passes through untouched. `path` without its query. */
export function matchRoute(routes: readonly Route[], method: string, path: string): Route | null {
  return routes.find((route) => route.methods.includes(method) && matches(route.segments, path)) ?? null;
}

function matches(segments: readonly string[], path: string): boolean {
  const parts = path.split("/").slice(1);
  const open = segments.at(-1) === "**";
  if (open ? parts.length < segments.length - 1 : parts.length !== segments.length) return false;
  return segments.every((segment, at) => {
    if (segment === "**") return true;
    return segment.startsWith("{") ? parts[at] !== "" : parts[at] === segment;
  });
}
