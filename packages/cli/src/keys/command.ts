import { type SemelCommand, UsageError } from "../command.ts";
import { type ExitCode, type Io, KeysError } from "./io.ts";
import { listKeys } from "./ls.ts";
import { withRunLast } from "./run-id.ts";
import { eraseKey, resolveKey } from "./settle.ts";
import { showKey } from "./show.ts";

const USAGE = `semel keys ls [--state STATE] [--route ROUTE] [--account ACCOUNT] [--limit N] [--cursor C]
semel keys show RUN
semel keys resolve RUN --effect|--no-effect --reason WHY [--evidence REF] [--answer FILE]
semel keys resolve RUN --approve PROPOSAL_ID
semel keys erase RUN --reason WHY

  STATE                running, idle, in-doubt, completed, suspect, unreadable
  RUN                  as \`keys ls\` and the header Idempotency-Run show it
  --evidence REF       where the proof is; without it a second operator has to approve
  --approve ID         agree with what another operator proposed, as \`keys show\` shows it
  --answer FILE        JSON with status, headers and body: what every retry gets from now on
  --admin URL          the gateway's admin API (default http://127.0.0.1:7301)
  --token-file FILE    a token (default: SEMEL_ADMIN_TOKEN, else ./.semel/admin.token)
  --json               what the admin API says, as it is

Exit code 0: done. 1: refused. 2: the words are wrong. 3: the gateway cannot be reached.`;

type Act = (args: string[], io: Io) => Promise<ExitCode>;

const ACTS: ReadonlyMap<string, Act> = new Map([
  ["ls", listKeys],
  ["show", showKey],
  ["resolve", resolveKey],
  ["erase", eraseKey],
]);

/** Runs one `semel keys` command. Rejects with a UsageError, or parseArgs' own, where the words are wrong. */
export async function keys(argv: string[], io: Io): Promise<ExitCode> {
  const [name, ...args] = argv;
  const act = ACTS.get(name ?? "");
  if (act === undefined) throw new UsageError(`needs one of ${[...ACTS.keys()].join(", ")}`);
  try {
    return await act(withRunLast(args), io);
  } catch (error) {
    if (!(error instanceof KeysError)) throw error;
    io.err(`semel keys: ${error.message}`);
    return error.exitCode;
  }
}

/** `semel keys`: what a gateway knows of its keys, and settling those in doubt. */
export const KEYS: SemelCommand = {
  name: "keys",
  summary: "look at keys, and settle those that are in doubt",
  usage: USAGE,
  run: (argv) => keys(argv, { out: console.log, err: console.error, env: process.env, now: Date.now }),
};
