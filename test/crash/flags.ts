import { parseArgs } from "node:util";

export const GROUNDS = ["memory", "sqlite", "postgres", "dynamodb", "cassandra"] as const;
export type GroundName = (typeof GROUNDS)[number];
export type Flags = Readonly<{ grounds: readonly GroundName[]; doubles: number; seed: number; json: boolean }>;

export class UsageError extends Error {
  override readonly name = "UsageError";
}

const USAGE = "npm run crash -- [--store NAME|all] [--doubles N] [--seed S] [--json]";
/** Pairs of faults on each store. All of them would be some 100,000 for each script. */
const DOUBLES = 1_500;

export function readFlags(args: readonly string[]): Flags {
  let values: { store?: string; doubles?: string; seed?: string; json?: boolean };
  try {
    ({ values } = parseArgs({
      args: [...args],
      options: {
        store: { type: "string" },
        doubles: { type: "string" },
        seed: { type: "string" },
        json: { type: "boolean" },
      },
    }));
  } catch (error) {
    throw new UsageError(`${(error as Error).message.split(".")[0]}. Usage: ${USAGE}`);
  }
  return {
    grounds: groundsOf(values.store),
    doubles: countOf("doubles", values.doubles ?? String(DOUBLES)),
    seed: countOf("seed", values.seed ?? "1"),
    json: values.json ?? false,
  };
}

/** Without a name: those that need no server. */
function groundsOf(text: string | undefined): readonly GroundName[] {
  if (text === undefined) return ["memory", "sqlite"];
  return text === "all" ? GROUNDS : [groundOf(text)];
}

function groundOf(text: string): GroundName {
  const found = GROUNDS.find((name) => name === text);
  if (found === undefined)
    throw new UsageError(`--store takes ${GROUNDS.join(", ")} or all, not "${text}". Usage: ${USAGE}`);
  return found;
}

function countOf(name: string, text: string): number {
  const value = Number(text);
  if (Number.isSafeInteger(value) && value >= 0) return value;
  throw new UsageError(`--${name} takes a whole number, not "${text}". Usage: ${USAGE}`);
}
