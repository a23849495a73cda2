import type { Ask } from "@semel/core/engine";
import { type KeyRecord, openSecrets, type Said, type Secrets, type Vault } from "@semel/core/record";
import type { Forward } from "./exchange.ts";
import type { Question, Upstream } from "./route.ts";

/** Questions are small and their answers too; whatever is larger proves nothing. */
const QUESTION_ANSWER_BYTES_MAX = 256 * 1024;
/** A question waits less than a payment: the lease that it holds must outlast it. */
const QUESTION_DEADLINE_MS = 10_000;
/** A question that finds no connection by then is put again later. */
const QUESTION_START_MS = 2_000;

export type AskPorts = Readonly<{
  upstreamOf: (record: KeyRecord) => Upstream | null;
  forward: Forward;
  vault: Vault;
  digest: (body: Uint8Array) => string;
}>;

/** Asks the pinned upstream what became of a key, with the key and values that were pinned. */
export function asker(ports: AskPorts): Ask {
  return async (key, record) => {
    const upstream = ports.upstreamOf(record);
    if (upstream === null || upstream.ask === null) return unknown("the pinned upstream cannot be asked any more");
    const secrets = openSecrets(record.secrets, key, ports.vault);
    if (secrets === null) return unknown("what the question needs is sealed under an unknown id");
    let last: Said = unknown("there was nothing to ask");
    for (const name of namesOf(secrets, upstream)) {
      last = await askBy(name, secrets, record, upstream, upstream.ask, ports);
      if (last.kind !== "no") return last;
    }
    return last;
  };
}

/**
 * An upstream may remember a key that was sent as `"k"`, quotes and all, or as the string k that the field stands for.
 * Only if it knows neither did nothing happen.
 */
function namesOf({ upstreamKey, clientKey }: Secrets, { key }: Upstream): readonly string[] {
  return key === "forward" && upstreamKey !== clientKey ? [upstreamKey, clientKey] : [upstreamKey];
}

async function askBy(
  name: string,
  { vars }: Secrets,
  record: KeyRecord,
  upstream: Upstream,
  question: Question,
  ports: AskPorts,
): Promise<Said> {
  const target = question.target(name, vars);
  if (target === null) return unknown("a value that the question needs was not in the request");
  const forwarded = await ports.forward(upstream, {
    method: "GET",
    target,
    headers: ["accept", "application/json", "accept-encoding", "identity", ...question.headers],
    body: new Uint8Array(),
    startWithinMs: QUESTION_START_MS,
    deadlineMs: Math.min(QUESTION_DEADLINE_MS, record.pins.deadlineMs),
    answerBytesMax: QUESTION_ANSWER_BYTES_MAX,
    mayStart: () => true,
  });
  if (forwarded.kind !== "answered") return unknown(`the question failed: ${forwarded.note}`);
  if (forwarded.rest !== null) return unknown("the answer to the question is too large");
  return said(upstream, forwarded.status, forwarded.body, ports);
}

function said(upstream: Upstream, status: number, body: Uint8Array, ports: AskPorts): Said {
  const result = upstream.ask!.read(status, body);
  if (result.kind !== "yes") return result;
  const { answer } = result;
  const outcome = {
    sense: "success",
    status: answer?.status ?? status,
    source: "asked",
    digest: answer === null ? null : ports.digest(answer.body),
  } as const;
  if (answer === null) return { kind: "yes", outcome, answer: null };
  const headers = ["Content-Type", answer.contentType];
  return { kind: "yes", outcome, answer: { clear: { status: answer.status, headers, body: answer.body } } };
}

function unknown(note: string): Said {
  return { kind: "unknown", note };
}
