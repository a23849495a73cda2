/** Columns as wide as their widest cell. */
export function table(rows: readonly (readonly string[])[]): string {
  const clean = rows.map((row) => row.map(printable));
  const widths = clean[0]?.map((_, at) => Math.max(...clean.map((row) => row[at]?.length ?? 0))) ?? [];
  return clean
    .map((row) =>
      row
        .map((cell, at) => cell.padEnd(widths[at]!))
        .join("  ")
        .trimEnd(),
    )
    .join("\n");
}

/** What others chose, such as an account's name, must not move a terminal's cursor. */
export function printable(text: string): string {
  return text.replaceAll(/\p{Cc}/gu, "?");
}

/** A time as people compare it: "3 min ago", "in 2 h". */
export function distance(iso: string, now: number): string {
  const ms = Date.parse(iso) - now;
  const size = sized(Math.abs(ms) / 1_000);
  return ms < 0 ? `${size} ago` : `in ${size}`;
}

function sized(seconds: number): string {
  if (seconds < 90) return `${Math.round(seconds)} s`;
  if (seconds < 90 * 60) return `${Math.round(seconds / 60)} min`;
  return seconds < 36 * 3_600 ? `${Math.round(seconds / 3_600)} h` : `${Math.round(seconds / 86_400)} d`;
}
