import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { seededRandom } from "@semel/demo-bank";
import { BankProcess } from "./bank-process.ts";
import type { Street } from "./customer.ts";
import { Gateway } from "./gateway.ts";
import { prepareFolder } from "./gateway-folder.ts";
import { heal } from "./heal.ts";
import { type Kind, UPSTREAMS } from "./kind.ts";
import { Load } from "./load.ts";
import type { Options } from "./options.ts";
import { judge } from "./oracle.ts";

/** How long the bank takes for a payment: what a kill can tear in half. A card payment takes longer, a ledger less. */
const BANK_MS = 50;
/** Kills come faster than anybody's, but far enough apart that one is over before the next. */
const APART_MS = 3_000;
/** Enough that a kill meets some payments, little enough that the machine is never the bottleneck. */
const PER_SECOND = 40;
const MILLION = 1_000_000;

const MEASURED = ["repeat", "ask", "neither"] as const satisfies readonly Kind[];

/** What ends a gateway, and how often it does in a service that runs well. */
const CAUSES = [
  { name: "kill", everyMs: 60_000, every: "minute" },
  { name: "deploy", everyMs: 3_600_000, every: "hour" },
] as const;
type Cause = (typeof CAUSES)[number];

export type DoubtRow = Readonly<{
  kind: Kind;
  cause: Cause["name"];
  every: Cause["every"];
  requests: number;
  strikes: number;
  inDoubt: number;
  /** Of payments that arrive in this time before a strike, one by one, all would end in doubt. */
  exposedMs: number;
  perMillion: number;
}>;

export type DoubtReport = Readonly<{
  minutes: number;
  bankMs: number;
  rows: readonly DoubtRow[];
  violations: number;
  unexplained: number;
}>;

/**
 * How many keys of a million end in doubt. What is measured: keys in doubt a strike, D/K, while r keys a second arrive. A
 * strike dooms the payments that are between claim and record: those of the last D/(K·r) seconds, whatever the rate. So
 * of all payments the share D/(K·r) ÷ (time between strikes) ends in doubt, and strikes may come faster here than there.
 */
export async function inDoubt(options: Options, folder: string, say: (text: string) => void): Promise<DoubtReport> {
  const partMs = (options.minutes * 60_000) / CAUSES.length;
  const rows: DoubtRow[] = [];
  let [violations, unexplained] = [0, 0];
  for (const cause of CAUSES) {
    say(`${cause.name}: one in ${APART_MS / 1_000} s, ${PER_SECOND} payments a second at each gateway`);
    const parts = await Promise.all(
      MEASURED.map((kind, at) => measure(kind, cause, partMs, options.seed * 100 + at, join(folder, cause.name, kind))),
    );
    for (const part of parts) {
      rows.push(part.row);
      violations += part.violations;
      unexplained += part.unexplained;
    }
  }
  const report = { minutes: options.minutes, bankMs: BANK_MS, rows, violations, unexplained };
  say(table(report));
  return report;
}

async function measure(kind: Kind, cause: Cause, forMs: number, seed: number, folder: string) {
  const { bank: bankOptions, doubtAllowed } = UPSTREAMS[kind];
  await using bank = await BankProcess.start([...bankOptions, "--slow", `${BANK_MS}ms`]);
  const place = await prepareFolder(folder, kind, { bankPort: bank.port });
  await using gateway = await Gateway.start(place);
  const random = seededRandom(seed);
  let over = false;
  const street: Street = {
    ...{ port: place.port, random, manner: () => "plain", bankFault: () => null, sent: () => {} },
    ...{ now: () => performance.now(), isOver: () => over },
  };
  const load = new Load(kind, street);
  const [, strikes] = await Promise.all([
    load.run(PER_SECOND, forMs, seed),
    strikeAgain(gateway, cause, forMs, random),
  ]);
  const states = await heal(load, { street, gateway, doubtAllowed });
  over = true;
  await load.settled();
  const verdict = judge({ histories: load.histories, ledger: await bank.ledger(), states, doubtAllowed });
  const row = rowOf(kind, cause, { requests: load.histories.length, strikes, inDoubt: verdict.inDoubt });
  return { row, violations: verdict.violations.length, unexplained: verdict.unexplained.length };
}

async function strikeAgain(gateway: Gateway, cause: Cause, forMs: number, random: () => number): Promise<number> {
  const startedAt = performance.now();
  let strikes = 0;
  while (performance.now() - startedAt < forMs - APART_MS) {
    await sleep(APART_MS * (0.75 + 0.5 * random()));
    await (cause.name === "kill" ? gateway.kill() : gateway.deploy());
    strikes += 1;
    await gateway.ready();
  }
  return strikes;
}

export function rowOf(
  kind: Kind,
  { name: cause, every, everyMs }: Cause,
  counted: Readonly<{ requests: number; strikes: number; inDoubt: number }>,
): DoubtRow {
  const exposedMs = counted.strikes === 0 ? 0 : (1_000 * counted.inDoubt) / (counted.strikes * PER_SECOND);
  return { kind, cause, every, ...counted, exposedMs, perMillion: (MILLION * exposedMs) / everyMs };
}

function table({ rows, bankMs, violations, unexplained }: DoubtReport): string {
  const head = ["upstream", "ended by", "strikes", "keys", "in doubt", "exposed ms", "per million"];
  const lines = rows.map((row) => [
    ...[row.kind, `a ${row.cause} a${row.every === "hour" ? "n" : ""} ${row.every}`],
    ...[row.strikes, row.requests, row.inDoubt].map(String),
    ...[row.exposedMs.toFixed(1), row.perMillion.toFixed(1)],
  ]);
  const text = [head, ...lines].map((cells) => cells.map((cell, at) => cell.padEnd(at === 1 ? 18 : 12)).join(""));
  return [
    "",
    ...text,
    "",
    `The bank takes ${bankMs} ms. Exposed: in doubt ÷ strikes ÷ keys a second. Per million: exposed ÷ time between strikes.`,
    `${violations} violations, ${unexplained} unexplained`,
  ].join("\n");
}
