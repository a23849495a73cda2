import { parseArgs } from "node:util";
import { migrateStore, openStoreTool } from "@semel/gateway";
import { type LoadedConfig, loadConfig } from "@semel/gateway/config";
import { type SemelCommand, UsageError } from "../command.ts";
import { adminClient, COMMON } from "../keys/admin-client.ts";
import { type ExitCode, type Io, KeysError } from "../keys/io.ts";
import { asBody, type Fenced, type Pruned, type StoreBody, toldFenced, toldPruned, toldStatus } from "./told.ts";

const USAGE = `semel store migrate -c FILE
semel store status [-c FILE | --admin URL]
semel store fence --lost-since TIME --reason WHY [-c FILE | --admin URL]
semel store prune [-c FILE | --admin URL]

  migrate              make the tables of the store, or bring them to what this version needs
  status               what the store survives, its clock, and what of its history may be lost
  fence                declare that what was acknowledged since TIME may be lost (a restore, a failover):
                       until clients have given up, keys that the store does not know are not simply run
  prune                visit now what is due: rows past their horizon are dropped, if the clocks agree

  --lost-since TIME    ISO 8601 with a time zone, such as 2027-01-31T12:00:00Z
  --reason WHY         what happened; kept beside the store's identity
  -c, --config FILE    work on the store itself, without a gateway; a SQLite file must not be in use
  --admin URL          ask a gateway (default http://127.0.0.1:7301)
  --token-file FILE    a token (default: SEMEL_ADMIN_TOKEN, else ./.semel/admin.token)
  --json               what the admin API says, as it is

Exit code 0: done. 1: refused. 2: the words are wrong. 3: the gateway cannot be reached.`;

const ACTS = ["migrate", "status", "fence", "prune"] as const;
type Act = (typeof ACTS)[number];

const OPTIONS = {
  ...COMMON,
  config: { type: "string", short: "c" },
  "lost-since": { type: "string" },
  reason: { type: "string" },
} as const;

/** A time in an unknown zone would be some other time on another machine. */
const TIME = /^\d{4}-\d\d-\d\dT\d\d:\d\d(:\d\d(\.\d+)?)?(Z|[+-]\d\d:\d\d)$/;

/** Runs one `semel store` command. Rejects with a UsageError, or parseArgs' own, where the words are wrong. */
export async function store(argv: string[], io: Io): Promise<ExitCode> {
  const [name, ...args] = argv;
  const act = ACTS.find((it) => it === name);
  if (act === undefined) throw new UsageError(`needs one of ${ACTS.join(", ")}`);
  const { values } = parseArgs({ args, options: OPTIONS });
  const loss = lossOf(act, values["lost-since"], values.reason, io.now());
  const config = values.config === undefined ? null : await loadConfig(values.config, io.env);
  if (act === "migrate") return await migrate(config, io);
  try {
    const body = config === null ? await byGateway(act, loss, values, io) : await byItself(act, loss, config);
    io.out(values.json ? JSON.stringify(body) : told(act, body, io.now()));
    return 0;
  } catch (error) {
    if (!(error instanceof KeysError)) throw error;
    io.err(`semel store: ${error.message}`);
    return error.exitCode;
  }
}

type Loss = Readonly<{ lostSince: string; reason: string }>;

function lossOf(act: Act, since: string | undefined, reason: string | undefined, now: number): Loss | null {
  if (act !== "fence") {
    if (since !== undefined || reason !== undefined)
      throw new UsageError(`${act} takes no --lost-since and no --reason`);
    return null;
  }
  if (since === undefined || !TIME.test(since) || Number.isNaN(Date.parse(since))) {
    throw new UsageError(
      "fence needs --lost-since TIME, such as 2027-01-31T12:00:00Z: when the backup was made, or earlier",
    );
  }
  if (Date.parse(since) > now) throw new UsageError("--lost-since lies in the future");
  if (reason === undefined || reason === "")
    throw new UsageError("fence needs --reason WHY: it is kept with the store");
  return { lostSince: since, reason };
}

async function migrate(config: LoadedConfig | null, io: Io): Promise<ExitCode> {
  if (config === null) throw new UsageError("migrate needs a configuration: -c semel.yaml");
  io.out(`semel store migrate: ${await migrateStore(config.store)}.`);
  return 0;
}

async function byGateway(
  act: Exclude<Act, "migrate">,
  loss: Loss | null,
  values: Parameters<typeof adminClient>[0],
  io: Io,
): Promise<unknown> {
  const ask = adminClient(values, io);
  if (act === "status") return await ask("GET", "/api/store");
  return await ask("POST", `/api/store/${act}`, loss ?? {});
}

async function byItself(act: Exclude<Act, "migrate">, loss: Loss | null, config: LoadedConfig): Promise<unknown> {
  const tool = await openStoreTool(config);
  try {
    return await asBody(act, loss, tool);
  } finally {
    await tool.close();
  }
}

function told(act: Exclude<Act, "migrate">, body: unknown, now: number): string {
  switch (act) {
    case "status":
      return toldStatus(body as StoreBody, now);
    case "fence":
      return toldFenced(body as Fenced, now);
    case "prune":
      return toldPruned(body as Pruned);
    default:
      return act satisfies never;
  }
}

/** `semel store`: a whole store, its history and its tables. */
export const STORE: SemelCommand = {
  name: "store",
  summary: "make a store's tables, look at it, and declare what it lost",
  usage: USAGE,
  run: (argv) => store(argv, { out: console.log, err: console.error, env: process.env, now: Date.now }),
};
