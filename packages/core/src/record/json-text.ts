/** Printable ASCII but the quote and the backslash: what JSON writes as it is. */
const PLAIN = /^[ !#-[\]-~]*$/;

/** A text as JSON. For what is written twice a payment: JSON.stringify is called only where something must be escaped. */
export function text(value: string): string {
  return PLAIN.test(value) ? `"${value}"` : JSON.stringify(value);
}

/** A number as JSON. Throws RangeError for one that JSON cannot write: a row with it could never be read. */
export function number(value: number): number {
  if (!Number.isFinite(value)) throw new RangeError(`A record cannot hold the number ${value}`);
  return value;
}

/** A list as JSON, of items that are written by `json`. */
export function list<T>(items: readonly T[], json: (item: T) => string): string {
  let written = "[";
  for (let at = 0; at < items.length; at += 1) written += at === 0 ? json(items[at]!) : `,${json(items[at]!)}`;
  return `${written}]`;
}
