import { CorruptError, type KeyRecord, openSecrets, type RecordKey, type Row, StoreError } from "@semel/core/record";
import type { AdminOptions, Caller } from "./options.ts";
import { AdminProblem } from "./problem.ts";
import type { Proposal, Proposals } from "./proposals.ts";
import { headOf, readable, time } from "./view.ts";

export type Found = Readonly<{ row: Row; record: KeyRecord }>;

/** What the handlers of one admin server share. */
export type Desk = Readonly<{ options: AdminOptions; proposals: Proposals }>;

const RUN = /^[A-Za-z0-9_-]{43}$/;

/** The run that an address names: only what can be a record key is ever asked for. */
export async function find(text: string, { options }: Desk): Promise<Found> {
  if (!RUN.test(text)) throw unknown();
  const row = await orUnavailable(() => options.store.read(text as RecordKey));
  if (row === null) throw unknown();
  const record = readable(row);
  if (record !== null) return { row, record };
  const detail =
    "The row of this run is not what Semel wrote, or a newer version wrote it. Its key is neither run nor replayed.";
  throw new AdminProblem("unreadable", detail);
}

/** The head, and for operators the client's key. */
export function shown({ row, record }: Found, caller: Caller | null, { options, proposals }: Desk): object {
  const head = headOf(row.key, row.dueAt, record, options.now(), options.policyOf(record.route));
  const proposal = proposals.of(row.key);
  const waiting = proposal === null ? null : toldProposal(proposal);
  return caller?.role === "operator"
    ? { ...head, proposal: waiting, clientKey: clientKey(row.key, record, options) }
    : { ...head, proposal: waiting };
}

/** What a second person is shown before they approve: an answer by its status and digest. */
export function toldProposal(proposal: Proposal): object {
  const { id, by, effect, reason, expiresAt, command } = proposal;
  const { resolution } = command;
  const outcome = resolution.kind === "effect" ? resolution.outcome : null;
  return { id, by, effect, reason, expiresAt: time(expiresAt), outcome };
}

export async function orUnavailable<T>(read: () => Promise<T>): Promise<T> {
  try {
    return await read();
  } catch (error) {
    if (!(error instanceof StoreError)) throw error;
    throw new AdminProblem("store_unavailable", "The store did not answer. Nothing was changed; try again.");
  }
}

/** null: erased, sealed under a secret that is unknown here, or damaged. */
function clientKey(run: RecordKey, record: KeyRecord, options: AdminOptions): string | null {
  try {
    const secrets = openSecrets(record.secrets, run, options.vault);
    return secrets === null || secrets.clientKey === "" ? null : secrets.clientKey;
  } catch (error) {
    if (error instanceof CorruptError) return null;
    throw error;
  }
}

function unknown(): AdminProblem {
  return new AdminProblem("run_unknown", "No record has this run id: it is mistyped, or past its horizon.");
}
