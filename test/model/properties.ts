/** The promises that the models hold, and how a verifier names the property that stands for one: its values are numbers. */
export const PROMISES = {
  "at most one effect": /effects<=1/,
  "a completed answer never changes": /stored==15/,
  "who was answered heard what is stored": /told==15|(cached|stored)==stored/,
  'never "failed" where money moved': /failed/,
  "nobody forgets an effect": /effects==0|open&\(1<</,
  "who came while the key was paid for never pays again": /former/,
  "what is dropped is settled and past its horizon": /overdue/,
  "every key ends": /acceptance cycle/,
} as const;

export type Promised = keyof typeof PROMISES;

/** Which promise a broken property stands for. One that stands for none is called as it is. */
export function promiseOf(property: string): string {
  return Object.entries(PROMISES).find(([, pattern]) => pattern.test(property))?.[0] ?? property;
}
