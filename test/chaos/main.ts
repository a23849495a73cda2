import { mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { join, resolve } from "node:path";
import { chaos } from "./chaos.ts";
import { inDoubt } from "./in-doubt.ts";
import { type Options, readOptions, USAGE, UsageError } from "./options.ts";
import { complaintsOf, summary } from "./outcome.ts";
import { overload } from "./overload.ts";
import { complaintsOf as storeComplaints, summaryOf } from "./stores/outcome.ts";
import { stores } from "./stores/stores.ts";

/** Somebody lost patience: nothing was proved. */
class StoppedError extends Error {}
/** What shells say of a process that was interrupted. */
const STOPPED = 130;

const say = (text: string): void => void process.stderr.write(`${text}\n`);

try {
  const options = readOptions(process.argv.slice(2));
  if (options === null) console.log(USAGE);
  else process.exitCode = (await run(options)) ? 0 : 1;
} catch (error) {
  if (error instanceof UsageError) say(`${error.message}\n\n${USAGE}`);
  else if (error instanceof StoppedError) say(error.message);
  else throw error;
  process.exitCode = error instanceof UsageError ? 2 : STOPPED;
}

async function run(options: Options): Promise<boolean> {
  mkdirSync(options.folder, { recursive: true });
  const folder = mkdtempSync(join(resolve(options.folder), "chaos-"));
  const { passed, report } = await carryOut(options, folder);
  if (passed && !options.keep) rmSync(folder, { recursive: true, force: true });
  if (options.json) console.log(JSON.stringify(report));
  return passed;
}

async function carryOut(options: Options, folder: string): Promise<{ passed: boolean; report: object }> {
  switch (options.mode) {
    case "chaos": {
      const outcome = await chaos(options, folder, say, stoppedIn(folder));
      return { passed: complaintsOf(outcome).length === 0, report: summary(outcome) };
    }
    case "stores": {
      const outcomes = await stores(options, folder, say, stoppedIn(folder));
      const complaints = outcomes.flatMap(storeComplaints);
      return { passed: complaints.length === 0, report: summaryOf(options.minutes, outcomes) };
    }
    case "inDoubt": {
      const report = await inDoubt(options, folder, say);
      return { passed: report.violations + report.unexplained === 0, report };
    }
    case "overload": {
      const report = await overload(options, folder, say);
      return { passed: report.every(({ misses }) => misses.length === 0), report };
    }
    default:
      return options.mode satisfies never;
  }
}

/** What was started and mounted is ended and unmounted, also where somebody loses patience. */
function stoppedIn(folder: string): AbortSignal {
  const stopped = new AbortController();
  for (const signal of ["SIGINT", "SIGTERM"] as const) {
    process.once(signal, () =>
      stopped.abort(new StoppedError(`Stopped by ${signal}; what there is lies in ${folder}`)),
    );
  }
  return stopped.signal;
}
