import { parseArgs } from "node:util";
import { type BankOptions, seededRandom } from "./bank.ts";

export const usage = `Usage: node examples/bank/main.ts [options]

  --port N          listen on 127.0.0.1:N (7302; 0 picks a free one)
  --data DIR        keep the ledger in DIR/ledger.jsonl (default: in memory)
  --honour-keys     deduplicate on Idempotency-Key (default: keys are ignored)
  --window TIME     how long a key is honoured, from its first receipt (24h)
  --ask-delay TIME  how long a new effect is hidden from GET /payments?key=…
  --slow TIME       wait before every effect
  --drop-rate R     destroy the socket of a share R of POST and PATCH, 0 to 1:
                    half of them before the effect, half after it
  --seed N          which requests are dropped (1)
  --help            this text

Times: 200ms, 5s, 15m, 24h, 30d.
`;

export type Flags = Readonly<{ kind: "run"; options: BankOptions }> | Readonly<{ kind: "help" }>;

export class UsageError extends Error {}

export function readFlags(args: readonly string[]): Flags {
  const values = parse(args);
  if (values.help) return { kind: "help" };
  if (values.window !== undefined && !values["honour-keys"]) throw new UsageError("--window needs --honour-keys");
  const options = {
    port: integer("--port", values.port ?? "7302", 65_535),
    dataDir: values.data ?? null,
    honourKeys: values["honour-keys"] ?? false,
    windowMs: duration("--window", values.window ?? "24h"),
    askDelayMs: duration("--ask-delay", values["ask-delay"] ?? "0ms"),
    slowMs: duration("--slow", values.slow ?? "0ms"),
    dropRate: share("--drop-rate", values["drop-rate"] ?? "0"),
    random: seededRandom(integer("--seed", values.seed ?? "1", 0xffffffff)),
  };
  return { kind: "run", options };
}

function parse(args: readonly string[]) {
  const text = { type: "string" } as const;
  const flag = { type: "boolean" } as const;
  const options = {
    port: text,
    data: text,
    window: text,
    slow: text,
    "ask-delay": text,
    "drop-rate": text,
    seed: text,
  };
  try {
    return parseArgs({ args: [...args], options: { ...options, "honour-keys": flag, help: flag } }).values;
  } catch (error) {
    throw new UsageError((error as Error).message);
  }
}

function integer(name: string, text: string, max: number): number {
  if (/^\d{1,10}$/.test(text) && Number(text) <= max) return Number(text);
  throw new UsageError(`${name} must be an integer from 0 to ${max}, not "${text}"`);
}

function share(name: string, text: string): number {
  if (/^\d*\.?\d+$/.test(text) && Number(text) <= 1) return Number(text);
  throw new UsageError(`${name} must be a number from 0 to 1, not "${text}"`);
}

const UNITS_MS: Readonly<Record<string, number>> = { ms: 1, s: 1_000, m: 60_000, h: 3_600_000, d: 86_400_000 };

function duration(name: string, text: string): number {
  const [, digits, unit = ""] = /^(\d{1,6})(ms|s|m|h|d)$/.exec(text) ?? [];
  const unitMs = UNITS_MS[unit];
  if (digits !== undefined && unitMs !== undefined) return Number(digits) * unitMs;
  throw new UsageError(`${name} must be a time such as 200ms, 5s or 24h, not "${text}"`);
}
