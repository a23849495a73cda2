import { tuple } from "./tuple.ts";

/** Header fields by name and value. A field that is absent has no pair; one with two lines has two. */
export type HeaderPairs = readonly (readonly [name: string, value: string])[];

const NOTHING = new Uint8Array();

/** The fields with their names in lower case and in order, so that neither spelling nor configuration order matters. */
export function headerTuple(pairs: HeaderPairs): Uint8Array {
  if (pairs.length === 0) return NOTHING;
  const lower = pairs.map(([name, value]) => [name.toLowerCase(), value] as const);
  return tuple(lower.sort(([a], [b]) => (a < b ? -1 : Number(a > b))).flat());
}
