import { parseArgs } from "node:util";
import { UsageError } from "../command.ts";
import { adminClient, COMMON, type Common } from "./admin-client.ts";
import { readAnswer } from "./answer-file.ts";
import type { ExitCode, Io } from "./io.ts";
import { runOf, runPath } from "./run-id.ts";
import type { Settled } from "./shapes.ts";
import { distance } from "./text.ts";

/** `semel keys resolve RUN`: says whether a run in doubt took effect, or approves what another operator said. */
export async function resolveKey(args: string[], io: Io): Promise<ExitCode> {
  const { values, positionals } = parseArgs({
    args,
    allowPositionals: true,
    options: {
      ...COMMON,
      effect: { type: "boolean", default: false },
      "no-effect": { type: "boolean", default: false },
      reason: { type: "string" },
      evidence: { type: "string" },
      answer: { type: "string" },
      approve: { type: "string" },
    },
  });
  const run = runOf(positionals);
  const { effect, evidence, answer, approve } = values;
  const said = effect || values["no-effect"];
  if (approve !== undefined) {
    const more = said || values.reason !== undefined || evidence !== undefined || answer !== undefined;
    return await act("approve", run, values, io, { proposal: proposalOf(approve, more) });
  }
  if (!said || effect === values["no-effect"]) {
    throw new UsageError("say one of --effect and --no-effect, or --approve what another operator proposed");
  }
  if (values["no-effect"] && answer !== undefined) throw new UsageError("--answer belongs to --effect");
  return await act("resolve", run, values, io, {
    effect,
    reason: reasonOf(values.reason),
    ...(evidence === undefined ? {} : { evidence }),
    ...(answer === undefined ? {} : { answer: readAnswer(answer) }),
  });
}

/** A second person agrees with what they have read, and with nothing more: it is approved by its id, as it stands. */
function proposalOf(id: string, more: boolean): string {
  if (more) throw new UsageError("--approve stands alone: what is approved is what the first operator said");
  if (/^[0-9a-f]{12}$/.test(id)) return id;
  throw new UsageError(
    "--approve takes a proposal's id, 12 digits and letters a to f, as `semel keys show RUN` shows it",
  );
}

/** `semel keys erase RUN`: forgets what was said under a settled key. */
export async function eraseKey(args: string[], io: Io): Promise<ExitCode> {
  const options = { ...COMMON, reason: { type: "string" } } as const;
  const { values, positionals } = parseArgs({ args, allowPositionals: true, options });
  return await act("erase", runOf(positionals), values, io, { reason: reasonOf(values.reason) });
}

function reasonOf(reason: string | undefined): string {
  if (reason === undefined || reason === "")
    throw new UsageError("needs --reason WHY: it is kept in the run's history");
  return reason;
}

async function act(
  what: "resolve" | "approve" | "erase",
  run: string,
  common: Common,
  io: Io,
  body: object,
): Promise<ExitCode> {
  const settled = (await adminClient(common, io)("POST", runPath(run, what), body)) as Settled;
  io.out(common.json ? JSON.stringify(settled) : told(run, settled, io.now()));
  return 0;
}

function told(run: string, { result, key }: Settled, now: number): string {
  switch (result) {
    case "completed":
      return `Completed: every retry of ${run} is told that it took effect${key.answer === "kept" ? ", and gets the answer" : ""}.`;
    case "freed":
      return `Settled without effect: the next retry of ${run} runs.`;
    case "unchanged":
      return "Nothing was changed: the record says so already.";
    case "erased":
      return "Erased here. Other processes may replay the answer from memory for up to 60 s, and from a cache that was out of reach for an hour.";
    case "proposed": {
      const { id, expiresAt } = key.proposal!;
      return [
        `Nothing is changed yet: another operator has to approve, until ${expiresAt}, ${distance(expiresAt, now)}.`,
        `  semel keys resolve ${run} --approve ${id}`,
        "The gateway keeps proposals in memory: a restart forgets this one, and it has to be made again.",
      ].join("\n");
    }
    default:
      return result satisfies never;
  }
}
