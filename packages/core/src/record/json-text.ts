/** Printable ASCII but the quote and the backslash: what JSON writes as it is. */
const PLAIN = /^[ !#-[\]-~]*$/;

/** A text as JSON. For what is written twice a payment: JSON.stringify is called only where something must be escaped. */
export function text(value: string): string {
  return PLAIN.test(value) ? `"${value}"` : JSON.stringify(value);
}

/** A list as JSON, of items that are written by `json`. */
export function list<T>(items: readonly T[], json: (item: T) => string): string {
  let written = "[";
  for (let at = 0; at < items.length; at += 1) written += at === 0 ? json(items[at]!) : `,${json(items[at]!)}`;
  return `${written}]`;
}
