import type { Word, Words } from "../record/index.ts";
import type { Header, Provider } from "./provider.ts";

/** Words for exact statuses, over the default table. */
export type Overrides = Readonly<{
  notSuspect: ReadonlyMap<number, Word>;
  suspect: ReadonlyMap<number, Word>;
}>;

export const NO_OVERRIDES: Overrides = { notSuspect: new Map(), suspect: new Map() };

/** Refused before the operation began: who you are, what is locked, how much you asked for. */
const NOT_BEGUN: ReadonlySet<number> = new Set([401, 403, 408, 409, 425, 429]);

/**
 * What an upstream's answers mean. For a suspect key the second column counts: a refusal of *this* attempt says nothing
 * about an earlier one, unless the provider proves that the operation itself answered.
 */
export function outcomes(
  provider: Provider,
  overrides: Overrides = NO_OVERRIDES,
): (status: number, header: Header) => Words {
  return (status, header) => {
    const notSuspect = overrides.notSuspect.get(status) ?? firstAttemptWord(status, header);
    const own = overrides.suspect.get(status);
    if (own !== undefined) return { notSuspect, suspect: own };
    const proved = provider.operationAnswered(status, header);
    return { notSuspect, suspect: proved ? notSuspect : suspectWord(status) };
  };
}

function firstAttemptWord(status: number, header: Header): Word {
  if (NOT_BEGUN.has(status)) return "noEffect";
  if (status === 503 && header("retry-after") !== null) return "noEffect";
  return status >= 200 && status <= 500 ? "final" : "ambiguous";
}

function suspectWord(status: number): Word {
  return status >= 200 && status <= 299 ? "final" : "ambiguous";
}
