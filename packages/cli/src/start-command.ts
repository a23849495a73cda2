import { parseArgs } from "node:util";
import { startSemel } from "@semel/gateway";
import { loadConfig } from "@semel/gateway/config";
import { type SemelCommand, UsageError } from "./command.ts";
import { banner } from "./dev/banner.ts";
import { tryLogFile } from "./log-file.ts";
import { serveUntil, signalled } from "./serve.ts";

const USAGE = `semel start -c semel.yaml [options]

  -c, --config FILE    the configuration
  --wait-lock TIME     wait for the process before this one to let go of the store, such as 10s (default 0s)
  --log FILE           where logs go (default: standard error)`;

/** `semel start`: everything is configured, nothing is made up. */
export const START: SemelCommand = {
  name: "start",
  summary: "run the gateway with a configuration (-c semel.yaml)",
  usage: USAGE,
  run: async (argv) => {
    const { values } = parseArgs({
      args: argv,
      options: {
        config: { type: "string", short: "c" },
        "wait-lock": { type: "string", default: "0s" },
        log: { type: "string" },
      },
    });
    if (values.config === undefined) throw new UsageError("needs a configuration: -c semel.yaml");
    const waitLockMs = waitOf(values["wait-lock"]);
    const config = await loadConfig(values.config, process.env);
    if (values.log !== undefined) await tryLogFile(values.log);
    const signal = signalled();
    const running = await startSemel(config, { waitLockMs, logTo: values.log ?? null });
    console.log(banner(config, running, { folder: null, bankUrl: null }));
    return await serveUntil(signal, running.stop);
  },
};

function waitOf(text: string): number {
  const [, digits, unit] = /^(\d{1,5})(ms|s|m)$/.exec(text) ?? [];
  if (digits === undefined) throw new UsageError(`--wait-lock is a time such as 10s, not ${JSON.stringify(text)}`);
  return Number(digits) * { ms: 1, s: 1_000, m: 60_000 }[unit as "ms" | "s" | "m"];
}
