/** One word of the command line. `run` resolves to the exit code, or throws what `explain` knows how to say. */
export type SemelCommand = Readonly<{
  name: string;
  summary: string;
  usage: string;
  run: (argv: string[]) => Promise<number>;
}>;

/** The words are wrong: an option that does not exist, a value that does not fit. Exit code 2. */
export class UsageError extends Error {
  override readonly name = "UsageError";
}

export function portOf(option: string, text: string): number {
  const port = Number(text);
  if (/^\d{1,5}$/.test(text) && port <= 65_535) return port;
  throw new UsageError(`--${option} is a port from 0 (any free one) to 65535, not ${JSON.stringify(text)}`);
}
