import { parseArgs } from "node:util";

/** The defaults are the settings of record: what is quoted anywhere is measured with them. */
export type Settings = Readonly<{
  json: boolean;
  /** `stores`: the rows about stores on servers of their own. */
  set: "shipped" | "stores";
  rows: readonly number[];
  rounds: number;
  warmMs: number;
  slotMs: number;
  /** Where stores, configurations and logs of the run go. */
  folder: string;
  /** Where CPU profiles of the gateway go, null: none are taken. */
  profile: string | null;
}>;

type Range = Readonly<{ from: number; to: number; usual: readonly number[] }>;

/** Row 10 fills eight stores first, half of them with ten million rows, so that it runs when it is asked for. */
const SETS: Readonly<Record<Settings["set"], Range>> = {
  shipped: { from: 1, to: 4, usual: [1, 2, 3, 4] },
  stores: { from: 5, to: 10, usual: [5, 6, 7, 8, 9] },
};

export const USAGE = `npm run bench -- [stores] [options]: the table of figures, as ratios of one run

  stores            the rows about stores, on servers that this starts and ends: PostgreSQL, Redis, DynamoDB Local, Cassandra
  --json            {"rows": [...]} alone on standard output; the table goes to standard error
  --rows 1,2,3,4    some of the rows (default: all four; of stores 5,6,7,8,9)
                    stores --rows 10 is growth to ten million rows: 20 GB of disk, and minutes to fill each store
  --rounds N        rounds of four slots each, A B B A (default 5)
  --seconds S       length of a slot (default 10)
  --warm S          warm-up before each slot, not counted (default 5)
  --quick           one round, slots of 0.4 s: shows that everything runs, and measures nothing
  --folder DIR      where stores and logs go, on a real disk (default: node_modules/.cache)
  --profile DIR     CPU profiles of the gateway, one file a thread and slot`;

export function readSettings(argv: readonly string[]): Settings | null {
  const { values, positionals } = parseArgs({
    args: [...argv],
    allowPositionals: true,
    options: {
      json: { type: "boolean", default: false },
      quick: { type: "boolean", default: false },
      help: { type: "boolean", short: "h", default: false },
      rows: { type: "string" },
      rounds: { type: "string" },
      seconds: { type: "string" },
      warm: { type: "string" },
      folder: { type: "string", default: "node_modules/.cache" },
      profile: { type: "string" },
    },
  });
  if (values.help) return null;
  const set = setOf(positionals);
  const { from, to, usual: rows } = SETS[set];
  const usual = values.quick ? { rounds: 1, seconds: 0.4, warm: 0.1 } : { rounds: 5, seconds: 10, warm: 5 };
  return {
    json: values.json,
    set,
    rows: values.rows?.split(",").map((row) => within("rows", row, from, to)) ?? rows,
    rounds: within("rounds", values.rounds ?? usual.rounds, 1, 1_000),
    slotMs: within("seconds", values.seconds ?? usual.seconds, 0.1, 3_600) * 1_000,
    warmMs: within("warm", values.warm ?? usual.warm, 0, 3_600) * 1_000,
    folder: values.folder,
    profile: values.profile ?? null,
  };
}

function setOf(positionals: readonly string[]): Settings["set"] {
  if (positionals.length === 0) return "shipped";
  if (positionals.length === 1 && positionals[0] === "stores") return "stores";
  throw new RangeError(`"${positionals.join(" ")}" is nothing that can be measured.\n\n${USAGE}`);
}

function within(name: string, given: string | number, from: number, to: number): number {
  const number = Number(given);
  if (number >= from && number <= to && (name === "seconds" || name === "warm" || Number.isInteger(number))) {
    return number;
  }
  throw new RangeError(`--${name} is ${given}, and must be a number from ${from} to ${to}.\n\n${USAGE}`);
}
