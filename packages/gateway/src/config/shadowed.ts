import type { Route } from "../flow/route.ts";
import type { Path } from "./document.ts";
import { covers } from "./pattern.ts";
import type { Reading } from "./reading.ts";

type Placed = Readonly<{ route: Route; at: number }>;

/** First match wins: a route behind one that takes its requests is not what its author thinks it is. */
export function checkShadowed(reading: Reading, routes: readonly Placed[]): void {
  const ids = new Map<string, number>();
  for (const [place, { route, at }] of routes.entries()) {
    const path: Path = ["routes", at, "match"];
    const lineOf = ({ at: other }: Placed): number => reading.line(["routes", other]);
    const same = ids.get(route.id);
    if (same !== undefined) {
      reading.refuse(
        path,
        `has the id of the route in line ${same}, ${route.id}: their keys would be one. Remove one, or give it an id`,
      );
      continue;
    }
    ids.set(route.id, reading.line(["routes", at]));
    const earlier = routes.slice(0, place).filter((other) => covers(other.route.segments, route.segments));
    const taken = route.methods.flatMap((method) => {
      const taker = earlier.find((other) => other.route.methods.includes(method));
      return taker === undefined ? [] : [{ method, line: lineOf(taker) }];
    });
    if (taken.length === 0) continue;
    const takers = taken.map(({ method, line }) => `${method} by line ${line}`).join(", ");
    if (taken.length < route.methods.length) reading.warn(path, `is partly shadowed (${takers}): first match wins`);
    else reading.refuse(path, `never matches: all of it is taken before (${takers}). Move it up, or remove it`);
  }
}
