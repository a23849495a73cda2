import { parseArgs } from "node:util";
import { DoomedGateway } from "./gateway.ts";
import { type Progress, type Round, round } from "./round.ts";

const { values } = parseArgs({
  options: {
    payments: { type: "string", default: "100" },
    seed: { type: "string", default: "1" },
    json: { type: "boolean", default: false },
  },
});
const payments = wholeNumber("payments", values.payments, 10_000);
const seed = wholeNumber("seed", values.seed, 2 ** 31);
const say = (line: string): void => {
  if (!values.json) console.log(line);
};

say(
  `${payments} customers pay 12.00 EUR each, once. The network drops answers, and clients retry with the same key.\n`,
);
say("Straight at the bank:");
const direct = await round(payments, seed, async ({ url }) => ({ url, close: async () => {} }), shower());
say(`\n  ${ledger(direct)}\n`);

say("Through Semel, which is killed with SIGKILL in the middle of it:");
let gateway: DoomedGateway | null = null;
const semel = await round(
  payments,
  seed,
  async (bank) => {
    gateway = await DoomedGateway.start(bank.url);
    return gateway;
  },
  shower(() => gateway?.kills ?? 0),
);
const kills = (gateway as DoomedGateway | null)?.kills ?? 0;
say(`\n  ${ledger(semel)}, killed ${kills} times`);

if (values.json) console.log(JSON.stringify({ direct: direct.tally, semel: { ...semel.tally, kills } }));
const kept = semel.tally.chargedTwice === 0 && semel.tally.lost === 0 && kills > 0;
if (!kept) process.exitCode = 1;

function ledger({ tally: { payments: asked, effects, chargedTwice, lost }, once }: Round): string {
  const gone = lost > 0 ? `, lost: ${lost}` : "";
  return `charged twice: ${chargedTwice}, charged once: ${once} of ${asked} (${effects} effects in the ledger${gone})`;
}

/** One line that moves on a terminal, a line a second elsewhere. */
function shower(killed: () => number = () => 0): (progress: Progress) => void {
  let shownMs = 0;
  return ({ started, answered, tries, effects }) => {
    if (values.json) return;
    const kills = killed() > 0 ? `, killed ${killed()}x` : "";
    const line = `  ${started} begun, ${answered} answered, ${tries} tries, ${effects} effects${kills}`;
    if (process.stdout.isTTY) process.stdout.write(`\r${line.padEnd(78)}`);
    else if (performance.now() - shownMs > 2_000) {
      shownMs = performance.now();
      console.log(line);
    }
  };
}

function wholeNumber(name: string, text: string, most: number): number {
  const value = Number(text);
  if (Number.isInteger(value) && value >= 1 && value <= most) return value;
  console.error(`--${name} is a whole number from 1 to ${most}, not ${text}`);
  process.exit(2);
}
