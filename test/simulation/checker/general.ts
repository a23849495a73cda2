import type { Operation } from "./write-once.ts";

type State = string | null;

/** A register that is written once: whoever sees it set may be the one who set it. */
function step(state: State, { saw }: Operation): State | "refused" {
  switch (saw.kind) {
    case "set":
      return state === null || state === saw.value ? saw.value : "refused";
    case "unset":
      return state === null ? null : "refused";
    case "unknown":
      return state;
    default:
      return saw satisfies never;
  }
}

/**
 * Whether operations are linearizable, after Wing and Gong, with Lowe's memory of what was tried: searches all orders in which an
 * operation comes before every other that began after it had ended. It knows nothing of what the short check knows, so it judges it.
 */
export function isLinearizable(operations: readonly Operation[]): boolean {
  // Who learns nothing changes nothing that others cannot: left out, or the search is exponential in them.
  const known = operations.filter(({ saw }) => saw.kind !== "unknown");
  const tried = new Set<string>();
  const search = (left: readonly number[], state: State): boolean => {
    if (left.length === 0) return true;
    const situation = `${left.join()} ${state}`;
    if (tried.has(situation)) return false;
    tried.add(situation);
    const firstEnd = Math.min(...left.map((at) => known[at]!.end));
    const mayBeNext = left.filter((at) => known[at]!.begin <= firstEnd);
    // Who changes nothing is best taken at once: what is written once never comes to suit it better. It saves 2^n choices.
    const idle = mayBeNext.find((at) => step(state, known[at]!) === state);
    const choices = idle === undefined ? mayBeNext : [idle];
    return choices.some((at) => {
      const next = step(state, known[at]!);
      return next !== "refused" && search(without(left, at), next);
    });
  };
  return search(
    known.map((_, at) => at),
    null,
  );
}

function without(list: readonly number[], one: number): readonly number[] {
  return list.filter((other) => other !== one);
}
