import { createHash } from "node:crypto";
import { homedir } from "node:os";
import { join } from "node:path";

type Environment = Readonly<Record<string, string | undefined>>;

/** Enough of a digest that two checkouts of one user do not meet. */
const HASH_LETTERS = 12;

export const CHECKOUT = join(import.meta.dirname, "../..");

/** What was downloaded, and what runs: outside of the checkout, so that a fresh one downloads nothing again. */
export function cacheFolder({ XDG_CACHE_HOME: cache }: Environment = process.env): string {
  return join(cache === undefined || cache === "" ? join(homedir(), ".cache") : cache, "semel", "services");
}

/** What one checkout started is its own: another one neither uses nor stops it. */
export function checkoutName(checkout: string = CHECKOUT): string {
  return createHash("sha256").update(checkout).digest("hex").slice(0, HASH_LETTERS);
}

export function stateFile(env: Environment = process.env, checkout: string = CHECKOUT): string {
  return join(cacheFolder(env), `running-${checkoutName(checkout)}.json`);
}
