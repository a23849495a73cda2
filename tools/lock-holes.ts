export type LockEntry = { version: string; optional?: boolean; optionalDependencies?: Record<string, string> };
export type Hole = { name: string; range: string };

/** Optional dependencies that a lock does not know: `npm ci` refuses such a lock. */
export function lockHoles(entries: Record<string, LockEntry>): Hole[] {
  return Object.entries(entries).flatMap(([owner, { optionalDependencies = {} }]) =>
    Object.entries(optionalDependencies)
      .filter(([name]) => !placesOf(owner, name).some((place) => place in entries))
      .map(([name, range]) => ({ name, range })),
  );
}

/** Where Node would look for a dependency: beside its owner, then further and further out. */
function placesOf(owner: string, name: string): string[] {
  const outer = owner.split("/node_modules/").map((_, index, all) => all.slice(0, index + 1).join("/node_modules/"));
  return ["", ...outer].map((folder) => `${folder === "" ? "" : `${folder}/`}node_modules/${name}`);
}
