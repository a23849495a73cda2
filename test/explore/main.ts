import { availableParallelism } from "node:os";
import { parseArgs } from "node:util";
import { Worker } from "node:worker_threads";
import { type Done, JOBS, type Job } from "./jobs.ts";

/** More searches at once than this need more memory than they save time: the largest holds some 2 GB. */
const WORKERS_MAX = 4;

const { values } = parseArgs({ options: { json: { type: "boolean", default: false }, only: { type: "string" } } });
const say = (line: string): void => {
  if (!values.json) console.log(line);
};

const HEADINGS = {
  promise: "The protocol as shipped: every order of events, no promise broken",
  rule: "\nEach rule taken out of the source: a promise must break",
};

const jobs = JOBS.filter(({ name }) => values.only === undefined || name.includes(values.only));
const done = await carryOutAll(jobs);
let states = 0;
let violations = 0;
const removed: { rule: string; found: boolean }[] = [];
for (const [at, result] of done.entries()) {
  states += result.states;
  violations += result.violations;
  if (result.found !== null) removed.push({ rule: jobs[at]!.name, found: result.found });
}
if (values.json) console.log(JSON.stringify({ states, violations, removed }));
say(`\n${states.toLocaleString("en")} states, ${violations} violations`);
if (jobs.length === 0) throw new Error(`No scenario and no rule is called ${values.only}`);
if (violations > 0 || removed.some(({ found }) => !found)) process.exitCode = 1;

/** A worker for each core takes job after job; what they found is printed in the order of the list. */
async function carryOutAll(list: readonly Job[]): Promise<Done[]> {
  const results: (Done | undefined)[] = list.map(() => undefined);
  let next = 0;
  let printed = 0;
  const print = (): void => {
    for (; printed < list.length && results[printed] !== undefined; printed += 1) {
      const { kind } = list[printed]!;
      if (printed === 0 || list[printed - 1]!.kind !== kind) say(HEADINGS[kind]);
      for (const line of results[printed]!.lines) say(line);
    }
  };
  const work = async (): Promise<void> => {
    const worker = new Worker(new URL("./worker.ts", import.meta.url));
    while (next < list.length) {
      const at = next;
      next += 1;
      results[at] = await new Promise<Done>((resolve, reject) => {
        worker.once("message", resolve);
        worker.once("error", reject);
        worker.postMessage(list[at]);
      });
      worker.removeAllListeners("error");
      print();
    }
    await worker.terminate();
  };
  await Promise.all(Array.from({ length: Math.min(availableParallelism(), WORKERS_MAX, list.length) }, work));
  return results as Done[];
}
