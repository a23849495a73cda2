import { UsageError } from "../command.ts";

/** The one positional argument: a run id, as the header Idempotency-Run and `keys ls` show it. */
export function runOf(positionals: readonly string[]): string {
  const [run, ...more] = positionals;
  if (run === undefined || more.length > 0) throw new UsageError("takes exactly one RUN, as `semel keys ls` shows it");
  if (/^[A-Za-z0-9_-]{43}$/.test(run)) return run;
  throw new UsageError("RUN has 43 letters, digits, - and _, as in the header Idempotency-Run");
}

/** One run in 64 begins with a dash: it is no option, wherever it stands. */
export function withRunLast(args: readonly string[]): string[] {
  const run = args.find((arg) => /^-[A-Za-z0-9_-]{42}$/.test(arg));
  return run === undefined ? [...args] : [...args.filter((arg) => arg !== run), "--", run];
}

export function runPath(run: string, act?: "resolve" | "approve" | "erase"): string {
  return act === undefined ? `/api/keys/${run}` : `/api/keys/${run}/${act}`;
}
