import { parseArgs } from "node:util";
import { portOf, type SemelCommand, UsageError } from "../command.ts";
import { serveUntil, signalled } from "../serve.ts";
import { dev } from "./dev.ts";

const USAGE = `semel dev [options]   a gateway without a configuration file, on loopback

  --upstream URL       your own service; without it a demo bank is brought up
  --data DIR           where store, secrets and ledger are kept (default ./.semel)
  --gateway-port N     (default 7300; 0: any free one)
  --admin-port N       (default 7301)
  --bank-port N        (default 7302)
  --print-config       print the configuration as a semel.yaml, and end`;

/** `semel dev`. */
export const DEV: SemelCommand = {
  name: "dev",
  summary: "try it: in front of a demo bank, or of your own service (--upstream URL)",
  usage: USAGE,
  run: async (argv) => {
    const { values } = parseArgs({
      args: argv,
      options: {
        upstream: { type: "string" },
        data: { type: "string", default: "./.semel" },
        "gateway-port": { type: "string", default: "7300" },
        "admin-port": { type: "string", default: "7301" },
        "bank-port": { type: "string", default: "7302" },
        "print-config": { type: "boolean", default: false },
      },
    });
    const signal = signalled();
    const started = await dev({
      upstream: values.upstream === undefined ? null : urlOf(values.upstream),
      data: values.data,
      gatewayPort: portOf("gateway-port", values["gateway-port"]),
      adminPort: portOf("admin-port", values["admin-port"]),
      bankPort: portOf("bank-port", values["bank-port"]),
      printConfig: values["print-config"],
    });
    console.log(started.text);
    if (started.note !== null) console.error(started.note);
    return started.stop === null ? 0 : await serveUntil(signal, started.stop);
  },
};

function urlOf(text: string): string {
  const url = URL.parse(text);
  if (url !== null && /^https?:$/.test(url.protocol)) return text;
  throw new UsageError(`--upstream is a URL such as http://127.0.0.1:9000, not ${JSON.stringify(text)}`);
}
