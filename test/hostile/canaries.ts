/** Secrets of one customer, none of which may be found where it does not belong. */
export type Canary = Readonly<{
  /** The card that the request names, and the one that the upstream's answer names. */
  card: string;
  answered: string;
  /** The member of the body with the card's security code: three digits alone stand everywhere. */
  code: string;
  /** Bearer token and idempotency key. */
  token: string;
  key: string;
}>;

/** The same ones at every run. */
export function canaries(count: number): Canary[] {
  const digit = digits(0x5e_3e_1);
  return Array.from({ length: count }, (_, at) => ({
    card: luhn(`4${take(14, digit)}`),
    answered: luhn(`5${take(14, digit)}`),
    code: `"cvc${take(6, digit)}":"${take(3, digit)}"`,
    token: `tok_${take(20, digit)}_${at}`,
    key: `order-${take(12, digit)}-${at}`,
  }));
}

function take(count: number, digit: () => number): string {
  return Array.from({ length: count }, digit).join("");
}

/** With the check digit that a scanner for card numbers looks at. */
export function luhn(digits: string): string {
  let sum = 0;
  for (const [at, digit] of [...digits].reverse().entries()) {
    const doubled = at % 2 === 0 ? 2 * Number(digit) : Number(digit);
    sum += doubled > 9 ? doubled - 9 : doubled;
  }
  return `${digits}${(10 - (sum % 10)) % 10}`;
}

/** A linear congruential generator (Numerical Recipes): what is wanted is many different ones, not chance. */
function digits(seed: number): () => number {
  let state = seed;
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return (state >>> 16) % 10;
  };
}
