import { matchRoute } from "../flow/match.ts";
import type { Route } from "../flow/route.ts";
import type { Names, RouteNames } from "./names.ts";
import { meeting } from "./pattern.ts";

/** A change that renames keys. `acceptable`: an operator may want it all the same. */
export type Rename = Readonly<{ what: string; advice: string; acceptable: boolean }>;

/** Each change that renames keys; none: every retry finds its record. */
export function compareNames(before: Names, after: Names): Rename[] {
  return [...secretChanges(before, after), ...accountChanges(before, after), ...routeChanges(before, after)];
}

function secretChanges(before: Names, after: Names): Rename[] {
  if (before.namingCheck === null || after.namingCheck === null || before.namingCheck === after.namingCheck) return [];
  const what = "secrets.naming is another secret than the store's keys are named with: every key would be new";
  // Not even an operator may: the store keeps a check value of its own, and is refused with another secret.
  return [{ what, advice: "It never rotates: put the old one back, or begin with a new store", acceptable: false }];
}

function accountChanges({ accounts: before }: Names, { accounts: after }: Names): Rename[] {
  if (before.kind === after.kind && before.header === after.header) return [];
  const what = `accounts was ${accountsText(before)} and is ${accountsText(after)}: every key would be another account's`;
  return [{ what, advice: "Put it back", acceptable: true }];
}

function accountsText({ kind, header }: Names["accounts"]): string {
  return header === null ? kind : `${kind} ${header}`;
}

function routeChanges(before: Names, after: Names): Rename[] {
  return before.routes.flatMap((old) => {
    const same = after.routes.find(({ id }) => id === old.id);
    return [...moved(old, before, after), ...(same === undefined ? [] : partChanges(old, same))];
  });
}

/** Where requests go that went to `old`: asked with one request for each way in which patterns can meet. */
function moved(old: RouteNames, before: Names, after: Names): Rename[] {
  const takers = new Map<string, string>();
  for (const other of [old, ...after.routes]) {
    const path = meeting(old.segments, other.segments);
    if (path === null) continue;
    for (const method of old.methods) {
      if (idAt(before, method, path) !== old.id) continue;
      const now = idAt(after, method, path);
      if (now !== old.id) takers.set(now ?? "", `${method} ${path}`);
    }
  }
  return [...takers].map(([taker, request]) => {
    const now = taker === "" ? "match no route and pass through untouched" : `are named by route ${taker}`;
    const advice =
      taker === "" ? "Keep the route" : `Give that route id: ${JSON.stringify(old.id)}, or put it behind the old one`;
    const what = `Requests of route ${old.id} (such as ${request}) now ${now}: their keys would be new`;
    return { what, advice, acceptable: true };
  });
}

function idAt(names: Names, method: string, path: string): string | null {
  // Methods and segments are all that a match looks at.
  return matchRoute(names.routes as unknown as readonly Route[], method, path)?.id ?? null;
}

function partChanges(old: RouteNames, now: RouteNames): Rename[] {
  const changes: Rename[] = [];
  const say = (what: string, advice: string): void => {
    changes.push({ what: `Route ${old.id}: ${what}`, advice, acceptable: true });
  };
  if (old.scopeHeaders.join() !== now.scopeHeaders.join()) {
    say(
      `its scope headers were ${list(old.scopeHeaders)} and are ${list(now.scopeHeaders)}, so keys of requests with them would be new`,
      "Put them back",
    );
  }
  const gone = old.keyHeaders.filter((header) => !now.keyHeaders.includes(header));
  if (gone.length > 0)
    say(
      `keys are no longer read from ${list(gone)}, so retries that use it would be unprotected or refused`,
      "Keep it",
    );
  if (old.keyBody !== null && old.keyBody !== now.keyBody) {
    say(
      `keys are no longer read from ${old.keyBody} of the body, so retries that use it would be unprotected or refused`,
      "Keep it",
    );
  }
  if (old.upstreamKey !== now.upstreamKey) {
    say(
      `upstream ${now.upstream} was sent keys that are ${old.upstreamKey} and would be sent ${now.upstreamKey} ones, which it has never seen`,
      "Put key back",
    );
  }
  return changes;
}

function list(names: readonly string[]): string {
  return names.length === 0 ? "none" : names.join(", ");
}
