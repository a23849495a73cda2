import type { Promised } from "./properties.ts";

/** One search: a model with N requests and the switches that are on. */
export type Search = Readonly<{ file: string; n: number; switches: readonly string[]; liveness: boolean }>;

/** A model as shipped: no order of events may break a property. */
export type Model = Readonly<{ name: string; search: Search }>;

/** A known wrong variant: the search must find how it breaks a promise, and this one. */
export type Variant = Readonly<{ model: string; name: string; wrong: string; breaks: Promised; search: Search }>;

/** Requests per search unless told otherwise. Four make a first request, two retries and a zombie; more take minutes. */
export const N_DEFAULT = 4;
export const N_MAX = 5;

/** The two that grow fastest stay below: one more request takes an hour, or more memory than a desk has. */
const QUARANTINE_N_MAX = 3;
const LIVENESS_N = 2;

/** With fewer requests than this a cached answer is given to nobody, and nobody expects a row that is gone. */
const REACHING_ALL_N = 3;

/** Most wrong variants need two requests; a dropped row needs one more, which expected it. */
const VARIANT_N: { readonly [file: string]: number } = { claim: 2, purge: 3, cache: 3, quarantine: 2 };

export function models(n: number): readonly Model[] {
  return [
    { name: "claim", search: search("claim", n) },
    { name: "claim, in the end", search: { ...search("claim", Math.min(n, LIVENESS_N)), ...IN_THE_END } },
    { name: "purge", search: search("purge", Math.max(n, REACHING_ALL_N)) },
    { name: "cache", search: search("cache", Math.max(n, REACHING_ALL_N)) },
    { name: "quarantine", search: search("quarantine", Math.min(n, QUARANTINE_N_MAX)) },
    // Not wrong, and said so in the model: the wait is not what keeps the promises.
    { name: "quarantine, no opening wait", search: search("quarantine", 2, "NO_OPENING_WAIT") },
  ];
}

const IN_THE_END = { switches: ["LIVENESS"], liveness: true };

function search(file: string, n: number, ...switches: string[]): Search {
  return { file, n, switches, liveness: false };
}

function wrong(file: string, name: string, what: string, breaks: Promised = TWICE): Variant {
  return { model: file, name, wrong: what, breaks, search: search(file, VARIANT_N[file]!, name) };
}

const TWICE = "at most one effect";
const FORGOTTEN = "nobody forgets an effect";
const CHANGED = "a completed answer never changes";
const OTHER = "who was answered heard what is stored";
const FALSE_NO = 'never "failed" where money moved';
const AGAIN = "who came while the key was paid for never pays again";

export const VARIANTS: readonly Variant[] = [
  wrong("claim", "RETAKE", "a suspect key is sent again whatever its ladder"),
  wrong("claim", "NOINTENT", "sends before its claim is durable"),
  wrong("claim", "NOFENCE", "writes over whatever stands there", CHANGED),
  wrong("claim", "NO_SEND_BY", "sends however late it hears that its claim is won"),
  wrong("claim", "NO_SETTLE", 'a "no" counts at once', FORGOTTEN),
  wrong("claim", "HEARD_NOT_PUT", 'a "no" is judged by when it was heard', FORGOTTEN),
  wrong("claim", "NO_WINDOW_MARGIN", "repeats until the very end of the window"),
  wrong("claim", "ONE_COLUMN", "an answer means the same whether the key is suspect or not", FALSE_NO),
  wrong("claim", "END_FORGETS", "the end of one attempt closes them all", FORGOTTEN),
  wrong("claim", "TOLD_EARLY", "answers before the answer is durable", OTHER),
  {
    model: "claim, in the end",
    name: "NO_DUE",
    wrong: "there is no due loop",
    breaks: "every key ends",
    search: { file: "claim", n: LIVENESS_N, switches: ["LIVENESS", "NO_DUE"], liveness: true },
  },
  wrong("purge", "FRESH_WHEN_VANISHED", "who expected a row and finds none begins anew", AGAIN),
  wrong("purge", "DROP_WITHOUT_FENCE", "drops the row whatever was written since"),
  wrong("purge", "DROP_SUSPECT", "an open attempt does not keep its row"),
  wrong("purge", "SHORT_HORIZON", "the horizon ends while an older write may land", AGAIN),
  wrong("cache", "CACHE_MISS_IS_ABSENT", "what the cache does not hold is a first request"),
  wrong("cache", "CACHE_NEGATIVE", "that there is no row is remembered"),
  wrong("cache", "CACHE_CLAIMS", "the claim is a lock in the cache"),
  wrong("cache", "EARLY_PUT", "caches an answer before it is durable", OTHER),
  wrong("cache", "UNSEALED", "believes what lies under the key", OTHER),
  wrong("quarantine", "NO_QUARANTINE", "nobody declares the loss"),
  wrong("quarantine", "ROWS_TRUSTED", "an old row is taken for what it says", FORGOTTEN),
  wrong("quarantine", "SENDS_AFTER", "a claim from before the loss is sent after it"),
  wrong("quarantine", "NO_LOST_SETTLE", 'a "no" counts though what was lost may still land', FORGOTTEN),
  wrong("quarantine", "END_CLEARS_LOST", "the end of one attempt clears what was lost", FORGOTTEN),
];
