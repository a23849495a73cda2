import { readFileSync } from "node:fs";
import { resolve } from "node:path";
import { createBank } from "@semel/demo-bank";
import { type Running, startSemel } from "@semel/gateway";
import { parseConfig } from "@semel/gateway/config";
import { tryLogFile } from "../log-file.ts";
import { banner } from "./banner.ts";
import { devConfig } from "./config.ts";
import { lacksSecrets, prepareFolder } from "./files.ts";

export type DevOptions = Readonly<{
  /** One's own service; null: the demo bank is brought up. */
  upstream: string | null;
  data: string;
  gatewayPort: number;
  adminPort: number;
  bankPort: number;
  printConfig: boolean;
}>;

/** `stop` is null where nothing was started. `note` is for the reader, where `text` may go into a file. */
export type Started = Readonly<{ text: string; note: string | null; stop: (() => Promise<boolean>) | null }>;

/** `semel dev`: a gateway without a configuration file, in front of the demo bank or of one's own service. */
export async function dev(options: DevOptions): Promise<Started> {
  const folder = resolve(options.data);
  if (options.printConfig) return { text: printed(options, folder), note: await noteOn(folder), stop: null };
  const logTo = `${folder}/semel.log`;
  await prepareFolder(folder);
  await tryLogFile(logTo);
  const bank = options.upstream === null ? await createBank({ port: options.bankPort, dataDir: folder }) : null;
  try {
    const upstream =
      bank === null ? ({ kind: "own", url: options.upstream! } as const) : ({ kind: "bank", url: bank.url } as const);
    const { gatewayPort, adminPort } = options;
    const text = devConfig({ folder, upstream, gatewayPort, adminPort });
    const config = parseConfig(text, {
      path: "semel-dev.yaml",
      env: process.env,
      readSecret: (file) => readFileSync(file),
    });
    const running: Running = await startSemel(config, { waitLockMs: 0, logTo });
    const stop = async (): Promise<boolean> => {
      const clean = await running.stop();
      await bank?.close();
      return clean;
    };
    return { text: banner(config, running, { folder, bankUrl: bank?.url ?? null }), note: null, stop };
  } catch (error) {
    await bank?.close();
    throw error;
  }
}

/** Printing makes nothing: whoever only looks gets no folder. */
async function noteOn(folder: string): Promise<string | null> {
  if (!(await lacksSecrets(folder))) return null;
  return `semel: ${folder} has no secrets yet, and until then check and start refuse this configuration: run semel dev once with the same --data, which makes them.`;
}

function printed({ upstream, gatewayPort, adminPort, bankPort }: DevOptions, folder: string): string {
  const own = upstream === null ? null : ({ kind: "own", url: upstream } as const);
  const bank = { kind: "bank", url: `http://127.0.0.1:${bankPort}` } as const;
  return devConfig({ folder, upstream: own ?? bank, gatewayPort, adminPort });
}
