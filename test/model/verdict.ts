/** What a search came to. */
export type Verdict = Readonly<{
  states: number;
  seconds: number;
  megabytes: number;
  errors: number;
  /** Why the search says nothing, though it may have found nothing: it was not finished. null: finished. */
  incomplete: string | null;
  /** Statements of the model that no order of events has reached: what they would have broken was not tried. */
  unreached: readonly string[];
}>;

/** How a search says that it has left something out. */
const LEFT_OUT = [
  /max search depth too small/,
  /out of memory/,
  /memory limit/i,
  /MEMLIM bound/,
  /hash ?table.*(full|too small)/i,
  /Search not completed/,
  /Segmentation|aborted|\bkilled\b/i,
  /VECTORSZ|too many/i,
];

/** Reads what a verifier made by SPIN prints. Whatever it does not know for a finished search is none. */
export function readVerdict(output: string): Verdict {
  const number = (pattern: RegExp): number | null => {
    const found = [...output.matchAll(pattern)].at(-1);
    return found === undefined ? null : Number(found[1]);
  };
  const errors = number(/errors: (\d+)/g);
  const states = number(/(\S+) states, stored/g);
  const stopped = LEFT_OUT.map((pattern) => pattern.exec(output)?.[0]).find((text) => text !== undefined) ?? null;
  const silent = errors === null || states === null ? `no result: ${output.trim().slice(-200)}` : null;
  return {
    states: states ?? 0,
    seconds: number(/elapsed time (\S+) seconds/g) ?? 0,
    megabytes: number(/(\S+)\s+total actual memory usage/g) ?? 0,
    errors: errors ?? 0,
    incomplete: stopped ?? silent,
    unreached: unreachedIn(output),
  };
}

/** Ends of processes that never end are no statements, and what checks a formula is none of the model's. */
function unreachedIn(output: string): string[] {
  const found: string[] = [];
  let counts = false;
  for (const line of output.split("\n")) {
    if (line.startsWith("unreached in ")) counts = !line.startsWith("unreached in claim");
    else if (!line.startsWith("\t")) counts = false;
    else if (counts && !line.includes('"-end-"') && !/\(\d+ of \d+ states\)/.test(line)) found.push(line.trim());
  }
  return found;
}
