import { parseArgs } from "node:util";
import { STORE_NAMES, type StoreName } from "./stores/names.ts";

export class UsageError extends Error {}

export const USAGE = `npm run chaos -- [options]: real gateways, real kills, and the bank's own ledger as the judge

  --minutes M     how long payments come in (default 5); settling takes about a minute more
  --seed S        of every fault and every customer (default 1)
  --rate R        new payments a second at each of the four gateways (default 12)
  --json          {"minutes", "requests", "keys", "kills", "faults", "effects", "inDoubt", "violations", "unexplained"}
                  alone on standard output
  --stores LIST   three gateways on real servers, and faults of those: any of ${STORE_NAMES.join(",")}; minutes are a store's
  --in-doubt      measure how many keys in a million end in doubt, for a kill a minute and a deploy an hour
  --overload      measure one gateway at 1, 2 and 5 times what it can do
  --lying-banks   banks break what is declared of them: the run must fail, or it could not see anything
  --folder DIR    where stores and logs go, on a real disk (default: node_modules/.cache)
  --keep          keep that folder also where the run has passed
  --help          this text`;

export type Mode = "chaos" | "stores" | "inDoubt" | "overload";
export type Options = Readonly<{
  mode: Mode;
  /** Of the mode of that name. */
  stores: readonly StoreName[];
  minutes: number;
  seed: number;
  perSecond: number;
  json: boolean;
  folder: string;
  keep: boolean;
  lyingBanks: boolean;
}>;

/** null: help was asked for. */
export function readOptions(argv: readonly string[]): Options | null {
  const values = parse(argv);
  if (values.help) return null;
  return {
    mode: modeOf(values),
    stores: namesIn(values.stores),
    // A day is longer than any run that anybody waits for; three seconds let one kill happen.
    minutes: within("minutes", values.minutes, 0.05, 24 * 60),
    seed: whole("seed", values.seed, 2 ** 31),
    perSecond: within("rate", values.rate, 1, 200),
    json: values.json,
    folder: values.folder,
    keep: values.keep,
    lyingBanks: values["lying-banks"],
  };
}

function parse(argv: readonly string[]) {
  const text = { type: "string" } as const;
  const flag = { type: "boolean", default: false } as const;
  try {
    return parseArgs({
      args: [...argv],
      options: {
        minutes: { ...text, default: "5" },
        seed: { ...text, default: "1" },
        rate: { ...text, default: "12" },
        folder: { ...text, default: "node_modules/.cache" },
        json: flag,
        keep: flag,
        "lying-banks": flag,
        stores: text,
        "in-doubt": flag,
        overload: flag,
        help: { ...flag, short: "h" },
      },
    }).values;
  } catch (error) {
    throw new UsageError((error as Error).message.split(". ")[0]!);
  }
}

function modeOf(values: ReturnType<typeof parse>): Mode {
  const modes: Mode[] = [];
  if (values.stores !== undefined) modes.push("stores");
  if (values["in-doubt"]) modes.push("inDoubt");
  if (values.overload) modes.push("overload");
  if (modes.length > 1) throw new UsageError("--stores, --in-doubt and --overload are runs of their own");
  return modes[0] ?? "chaos";
}

function namesIn(list: string | undefined): readonly StoreName[] {
  return (list?.split(",") ?? []).map((given) => {
    const name = STORE_NAMES.find((it) => it === given);
    if (name !== undefined) return name;
    throw new UsageError(`--stores names some of ${STORE_NAMES.join(",")}, not ${JSON.stringify(given)}`);
  });
}

function within(name: string, given: string, from: number, to: number): number {
  const number = Number(given);
  if (given.trim() !== "" && number >= from && number <= to) return number;
  throw new UsageError(`--${name} is a number from ${from} to ${to}, not ${JSON.stringify(given)}`);
}

function whole(name: string, given: string, to: number): number {
  const number = within(name, given, 0, to);
  if (Number.isInteger(number)) return number;
  throw new UsageError(`--${name} is a whole number, not ${JSON.stringify(given)}`);
}
