/** One request on one key, as its client saw it: when it was sent, when it was answered, and what the answer says of the key. */
export type Operation = Readonly<{
  begin: number;
  end: number;
  saw: Saw;
}>;

export type Saw =
  /** The key's final answer. */
  | Readonly<{ kind: "set"; value: string }>
  /** Nothing had happened: at one moment between begin and end the key had no answer. */
  | Readonly<{ kind: "unset" }>
  /** Nothing is learnt, and something may have come of it. */
  | Readonly<{ kind: "unknown" }>;

/**
 * Whether a key's operations can be put in one order that respects time and in which the key is a register that is written
 * once. For such a register the question has a short answer: one value, and nobody sees it unset who began after somebody
 * had seen it set. null: they can; else why not.
 */
export function writeOnceFault(operations: readonly Operation[]): string | null {
  let value: string | null = null;
  let firstSetEnd = Number.POSITIVE_INFINITY;
  for (const { saw, end } of operations) {
    if (saw.kind !== "set") continue;
    if (value !== null && value !== saw.value) return `two values: ${value} and ${saw.value}`;
    value = saw.value;
    firstSetEnd = Math.min(firstSetEnd, end);
  }
  for (const { saw, begin } of operations) {
    if (saw.kind === "unset" && begin > firstSetEnd)
      return `seen unset at ${begin}, after it was seen set at ${firstSetEnd}`;
  }
  return null;
}
