import { errors, types } from "cassandra-driver";
import { StoreError } from "../../record/index.ts";

const { unavailableException } = types.responseErrorCodes;
const { serial, localSerial } = types.consistencies;
/** 0x2000 and above: a statement that was refused before it was executed. What is below may come halfway. */
const REFUSED_FROM = 0x2000;

/** What became of a conditional statement whose answer is this error. In doubt, unless it is proved that it did nothing. */
export function swapFailure(error: unknown): StoreError {
  const code = isProvedUnwritten(error) ? "unavailable" : "in_doubt";
  return new StoreError(code, `Cassandra did not say that the swap was done: ${wordsOf(error)}`, { cause: error });
}

/** A read that fails has written nothing. */
export function readFailure(error: unknown): StoreError {
  return new StoreError("unavailable", `Cassandra did not answer: ${wordsOf(error)}`, { cause: error });
}

/**
 * - No host: the driver repeats only what it knows not to have sent (the policies forbid the rest), so nothing left.
 * - Unavailable at a serial consistency: too few replicas to prepare a ballot. Both variants of Paxos say it only while
 *   nothing of theirs was proposed (service/paxos/Paxos.java, `begin`); the commit has another consistency.
 * - Overloaded proves nothing: a coordinator says it also while it hands out the commit (StorageProxy, `checkHintOverload`).
 */
function isProvedUnwritten(error: unknown): boolean {
  if (error instanceof errors.NoHostAvailableError) return true;
  if (!(error instanceof errors.ResponseError)) return false;
  if (error.code >= REFUSED_FROM) return true;
  const { consistencies } = error as { consistencies?: number };
  return error.code === unavailableException && (consistencies === serial || consistencies === localSerial);
}

export function wordsOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  return `${error.name}${error.message === "" ? "" : `: ${error.message}`}`;
}
