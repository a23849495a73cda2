import { type Answer, json, refusal } from "./answer.ts";
import { EFFECT_KINDS, type Effect, type EffectKind } from "./effect.ts";
import type { Filter, Ledger } from "./ledger.ts";
import type { Route } from "./route.ts";

const LISTED_MAX = 100;

export type Lookup = Extract<Route, { kind: "list" | "payment" | "refund" }>;

/** Answers what is only asked. `visible` says which effects the list may show already. */
export function lookUp(ledger: Ledger, lookup: Lookup, visible: (effect: Effect) => boolean): Answer {
  switch (lookup.kind) {
    case "list":
      return list(ledger, lookup.query, visible);
    case "payment":
      return found(ledger.payment(lookup.id));
    case "refund": {
      const refund = ledger.refund(lookup.id);
      return found(refund?.payment === lookup.payment ? refund : undefined);
    }
  }
}

function list(ledger: Ledger, query: URLSearchParams, visible: (effect: Effect) => boolean): Answer {
  const filter = filterOf(query);
  if (typeof filter === "string") return refusal(400, "invalid_query", filter);
  const effects = ledger.find(filter).filter(visible);
  const listed = effects.slice(0, LISTED_MAX).map(({ resource }) => resource);
  return json(200, { data: listed, hasMore: effects.length > LISTED_MAX });
}

/** A filter, or what is wrong with it. Strict: an empty list is read as "no effect", so a slip must not produce one. */
function filterOf(query: URLSearchParams): Filter | string {
  for (const name of new Set(query.keys())) {
    if (!["key", "ref", "kind"].includes(name)) return `Unknown parameter ${name}: ask by key, ref and kind.`;
    if (query.getAll(name).length > 1) return `The parameter ${name} may be given once.`;
    if (query.get(name) === "") return `The parameter ${name} is empty; leave it out.`;
  }
  const [key, reference, kind] = [query.get("key"), query.get("ref"), query.get("kind")];
  if (key === null && reference === null) return "Ask by key, by ref, or by both.";
  if (kind !== null && !isKind(kind)) return `The kind is one of ${EFFECT_KINDS.join(", ")}.`;
  return { key, reference, kind };
}

function isKind(text: string): text is EffectKind {
  return (EFFECT_KINDS as readonly string[]).includes(text);
}

function found(resource: object | undefined): Answer {
  return resource ? json(200, resource) : refusal(404, "no_such_resource", "There is nothing with this id.");
}
