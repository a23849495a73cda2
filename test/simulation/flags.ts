import { parseArgs } from "node:util";

export type Flags = Readonly<{
  /** Runs until so many seeds are done, or until so many minutes are over, whichever comes first. */
  seeds: number;
  minutes: number;
  from: number;
  /** One seed, with everything that happens in it. */
  seed: number | null;
  mutants: boolean;
  /** Mutants whose name contains this. */
  named: string;
  json: boolean;
}>;

export class UsageError extends Error {
  override readonly name = "UsageError";
}

const SEEDS = 2_000;
const USAGE = "npm run simulate -- [--seeds N] [--minutes M] [--from S] [--mutants [--only NAME]] [--json] | --seed S";

export function readFlags(args: readonly string[]): Flags {
  const { values } = parse(args);
  const minutes = values.minutes === undefined ? Number.POSITIVE_INFINITY : numberOf("minutes", values.minutes);
  const unbounded = values.minutes !== undefined && values.seeds === undefined;
  return {
    seeds: unbounded ? Number.POSITIVE_INFINITY : wholeOf("seeds", values.seeds ?? String(SEEDS)),
    minutes,
    from: wholeOf("from", values.from ?? "1"),
    seed: values.seed === undefined ? null : wholeOf("seed", values.seed),
    mutants: values.mutants,
    named: values.only ?? "",
    json: values.json,
  };
}

function parse(args: readonly string[]) {
  try {
    return parseArgs({
      args: [...args],
      options: {
        seeds: { type: "string" },
        minutes: { type: "string" },
        from: { type: "string" },
        seed: { type: "string" },
        mutants: { type: "boolean", default: false },
        only: { type: "string" },
        json: { type: "boolean", default: false },
      },
    });
  } catch (error) {
    throw new UsageError(`${(error as Error).message.split(".")[0]}. Usage: ${USAGE}`);
  }
}

function numberOf(name: string, text: string): number {
  const value = Number(text);
  if (!(value > 0)) throw new UsageError(`--${name} takes a number above 0, not "${text}"`);
  return value;
}

function wholeOf(name: string, text: string): number {
  const value = numberOf(name, text);
  if (!Number.isSafeInteger(value)) throw new UsageError(`--${name} takes a whole number, not "${text}"`);
  return value;
}
