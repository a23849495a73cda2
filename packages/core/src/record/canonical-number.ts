import { Refusal } from "./refusal.ts";

const EXPONENT = /e.*$/i;

/**
 * A JSON number as RFC 8785 writes it, which is how ECMAScript does. Refused where two different integers, or a number and zero,
 * would be written alike: a fingerprint must not take one amount for another. Fractions are rounded as every reader of JSON
 * rounds them, which RFC 8785 asks for: beyond some 15 digits two of them are one number.
 */
export function canonicalNumber(token: string): string {
  const value = Number(token);
  if (value === 0 && digits(token) !== "") {
    throw new Refusal("A number in the body is too close to zero. Send such numbers as strings.");
  }
  if (Math.abs(value) > Number.MAX_SAFE_INTEGER && !isExact(token, value)) {
    throw new Refusal("A number in the body is beyond 2^53 - 1 and loses digits. Send large numbers as strings.");
  }
  return String(value);
}

/** Beyond the safe integers only what is and will be written with an exponent, and with the very digits that it is read back as. */
function isExact(token: string, value: number): boolean {
  const written = String(value);
  return EXPONENT.test(token) && EXPONENT.test(written) && digits(token) === digits(written);
}

/** The significant digits, without sign, point, exponent and outer zeros. */
function digits(token: string): string {
  const all = token.replace(EXPONENT, "").replace(/[-.]/g, "");
  let [from, to] = [0, all.length];
  while (all[from] === "0") from += 1;
  while (to > from && all[to - 1] === "0") to -= 1;
  return all.slice(from, to);
}
