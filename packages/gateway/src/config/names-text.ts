import type { Rename } from "./compare-names.ts";

export function renameLine({ what, advice }: Rename): string {
  return `${what}. ${advice}.`;
}

/** What to do about renames that are meant. */
export function acceptAdvice(path: string, renames: readonly Rename[]): string {
  return renames.every(({ acceptable }) => acceptable)
    ? `If that is meant, \`semel check -c ${path} --accept-renames\` says what it means for retries, and accepts it.`
    : "As long as the naming secret is another one, nothing of this can be accepted.";
}

export function foreignNames(path: string): string {
  return `${path} is not a snapshot of names that this version wrote. Restore it, or move it away if no key must be found again`;
}
