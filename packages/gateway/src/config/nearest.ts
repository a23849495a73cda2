/** A slip of the finger or two, in words of usual length. */
const DISTANCE_MAX = 2;

/** The known name that was probably meant; null: none is near. */
function nearest(name: string, known: readonly string[]): string | null {
  const distances = known.map((other) => ({ other, distance: distance(name.toLowerCase(), other.toLowerCase()) }));
  const best = distances.sort((a, b) => a.distance - b.distance)[0];
  return best !== undefined && best.distance <= Math.min(DISTANCE_MAX, name.length - 1) ? best.other : null;
}

/** ` Did you mean "deadline"?`, or the names that there are. */
export function suggestion(name: string, known: readonly string[]): string {
  const meant = nearest(name, known);
  if (meant !== null) return `did you mean "${meant}"?`;
  return known.length === 0 ? "nothing may stand here" : `there are ${known.join(", ")}`;
}

/** Levenshtein's distance, with a transposition as one edit. */
function distance(a: string, b: string): number {
  let older: number[] = [];
  let old: number[] = Array.from({ length: b.length + 1 }, (_, at) => at);
  for (let i = 1; i <= a.length; i++) {
    const row = [i];
    for (let j = 1; j <= b.length; j++) {
      const same = a[i - 1] === b[j - 1] ? 0 : 1;
      let least = Math.min(old[j]! + 1, row[j - 1]! + 1, old[j - 1]! + same);
      if (i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1]) least = Math.min(least, older[j - 2]! + 1);
      row.push(least);
    }
    older = old;
    old = row;
  }
  return old[b.length]!;
}
