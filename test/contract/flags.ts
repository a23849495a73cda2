import { parseArgs } from "node:util";

export class UsageError extends Error {}

export type Flags = Readonly<{
  stores: readonly string[];
  module: string | null;
  json: boolean;
  seed: number;
  help: boolean;
}>;

export function usage(known: readonly string[]): string {
  return `Usage: npm run contract -- [${known.join("|")}|all] [options]

Checks what every store must keep, clause by clause. Without a name: all, or only the module.

  --module FILE  also check the store of a module (packages/core/src/contract/README.md says how)
  --json         print only [{"store", "clause", "passed"}]
  --seed N       of the random sequences (1)
  --help         this text
`;
}

export function flagsOf(args: readonly string[], known: readonly string[]): Flags {
  const { values, positionals } = parse(args);
  const unknown = positionals.find((name) => name !== "all" && !known.includes(name));
  if (unknown !== undefined) {
    throw new UsageError(`There is no store "${unknown}": choose ${known.join(", ")} or all, or give a --module`);
  }
  const seed = Number(values.seed ?? 1);
  if (!Number.isSafeInteger(seed) || seed < 0)
    throw new UsageError(`--seed must be a whole number, not "${values.seed}"`);
  const isAll = positionals.includes("all") || (positionals.length === 0 && values.module === undefined);
  const { module = null, json = false, help = false } = values;
  return { stores: isAll ? known : [...new Set(positionals)], module, json, seed, help };
}

function parse(args: readonly string[]) {
  const options = {
    module: { type: "string" },
    json: { type: "boolean" },
    seed: { type: "string" },
    help: { type: "boolean" },
  } as const;
  try {
    return parseArgs({ args: [...args], options, allowPositionals: true });
  } catch (error) {
    // Only the first sentence: the rest is about positionals that begin with a dash.
    throw new UsageError(`${(error as Error).message.split(". ")[0]}; --help lists the options`);
  }
}
