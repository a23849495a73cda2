import { checksum } from "./checksum.ts";
import { isFence } from "./fence.ts";
import { type Head, headJson } from "./head.ts";
import { boundHistory } from "./history.ts";
import { list, text } from "./json-text.ts";
import { CorruptError, type SealPurpose, type Vault } from "./ports.ts";
import type { Answer, KeyRecord, Part, RecordKey, Secrets } from "./record.ts";
import { slice } from "./slab.ts";

/**
 * A row's doc: byte 0x53 ("S"), the doc's format, a checksum, three 32-bit lengths (all big-endian), then a JSON head in the clear,
 * the sealed secrets and the sealed answer. The checksum is over lengths and head: one bit that flips in the head of a completed
 * key could make it a key that runs again. What is sealed has tags of its own. Whoever operates the store can read the head;
 * nobody without the secrets reads the rest.
 */
const MAGIC = 0x53;
const DOC_FORMAT = 2;
const RECORD_FORMAT = 1;
const SUM_AT = 2;
const HEAD_AT = 6;
const SECRETS_AT = 10;
const ANSWER_AT = 14;
const PREFIX_BYTES = 18;

const utf8 = new TextEncoder();
const strictUtf8 = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });

/** The last write of a run and its doc: what was sealed for it is not sealed again for the next. */
export type Written = Readonly<{ record: KeyRecord; doc: Uint8Array }>;

/** The record as bytes: clear parts are sealed, unless the run sealed the very same one `before`; sealed ones are copied. */
export function encodeRecord(
  record: KeyRecord,
  key: RecordKey,
  vault: Vault,
  before: Written | null = null,
): Uint8Array {
  const { secrets, answer } = record;
  const history = boundHistory(record.history, (entry) => vault.digest(entry));
  const sealedSecrets = secretsOf(secrets, key, vault, before);
  const sealedAnswer = answer === null ? EMPTY : sealed(answer, "answer", key, vault, encodeAnswer);
  const head = written(headJson(record, history));

  const doc = slice(PREFIX_BYTES + head.length + sealedSecrets.length + sealedAnswer.length);
  doc[0] = MAGIC;
  doc[1] = DOC_FORMAT;
  setNumber(doc, HEAD_AT, head.length);
  setNumber(doc, SECRETS_AT, sealedSecrets.length);
  setNumber(doc, ANSWER_AT, sealedAnswer.length);
  doc.set(head, PREFIX_BYTES);
  setNumber(doc, SUM_AT, checksum(doc, HEAD_AT, PREFIX_BYTES + head.length));
  doc.set(sealedSecrets, PREFIX_BYTES + head.length);
  doc.set(sealedAnswer, PREFIX_BYTES + head.length + sealedSecrets.length);
  return doc;
}

/** Reads a doc. Throws CorruptError for anything that this version did not write: such a key is neither free nor replayed. */
export function decodeRecord(doc: Uint8Array): KeyRecord {
  if (doc.length < PREFIX_BYTES || doc[0] !== MAGIC) throw new CorruptError("The row is not a Semel record");
  if (doc[1] !== DOC_FORMAT) {
    throw new CorruptError(`The row has record format ${doc[1]}; this version of Semel reads ${DOC_FORMAT}`);
  }
  const [head, secrets, answer] = [numberAt(doc, HEAD_AT), numberAt(doc, SECRETS_AT), numberAt(doc, ANSWER_AT)];
  if (PREFIX_BYTES + head + secrets + answer !== doc.length) throw new CorruptError("The row's lengths do not add up");
  const headEnd = PREFIX_BYTES + head;
  if (numberAt(doc, SUM_AT) !== checksum(doc, HEAD_AT, headEnd)) {
    throw new CorruptError("The row's head is not what was written: its checksum differs");
  }
  const parsed = parseHead(doc.subarray(PREFIX_BYTES, headEnd));
  return {
    ...parsed,
    secrets: { sealed: doc.subarray(headEnd, headEnd + secrets) },
    answer: answer === 0 ? null : { sealed: doc.subarray(headEnd + secrets) },
  };
}

/** The answer's bytes; null where they are sealed under an id that is unknown here. */
export function openAnswer(part: Part<Answer>, key: RecordKey, vault: Vault): Answer | null {
  if ("clear" in part) return part.clear;
  const clear = vault.open("answer", key, part.sealed);
  return clear === null ? null : decodeAnswer(clear);
}

export function openSecrets(part: Part<Secrets>, key: RecordKey, vault: Vault): Secrets | null {
  if ("clear" in part) return part.clear;
  const clear = vault.open("secrets", key, part.sealed);
  return clear === null ? null : (JSON.parse(strictUtf8.decode(clear)) as Secrets);
}

const EMPTY = new Uint8Array();

function secretsOf(part: Part<Secrets>, key: RecordKey, vault: Vault, before: Written | null): Uint8Array {
  if (before?.record.secrets !== part) return sealed(part, "secrets", key, vault, encodeSecrets);
  const { doc } = before;
  const from = PREFIX_BYTES + numberAt(doc, HEAD_AT);
  return doc.subarray(from, from + numberAt(doc, SECRETS_AT));
}

function sealed<T>(
  part: Part<T>,
  purpose: SealPurpose,
  key: RecordKey,
  vault: Vault,
  encode: (clear: T) => Uint8Array,
): Uint8Array {
  return "sealed" in part ? part.sealed : vault.seal(purpose, key, encode(part.clear));
}

function parseHead(bytes: Uint8Array): Head {
  let head: Head;
  try {
    head = JSON.parse(strictUtf8.decode(bytes)) as typeof head;
  } catch (cause) {
    throw new CorruptError("The row's head is not JSON", { cause });
  }
  const { state } = head;
  const claimed = state?.kind !== "running" || isFence(state.attempt.id);
  if (head.format !== RECORD_FORMAT || state === undefined || !Array.isArray(head.open) || !claimed) {
    throw new CorruptError("The row's head is not that of a record");
  }
  return head;
}

/** To be sealed before the next call. */
function encodeSecrets({ clientKey, upstreamKey, vars }: Secrets): Uint8Array {
  return written(`{"clientKey":${text(clientKey)},"upstreamKey":${text(upstreamKey)},"vars":${JSON.stringify(vars)}}`);
}

/** A 32-bit length, the JSON of status and headers, then the body's bytes as they came. To be sealed before the next call. */
function encodeAnswer({ status, headers, body }: Answer): Uint8Array {
  const head = written(`[${status},${list(headers, text)}]`);
  const length = LENGTH_BYTES + head.length + body.length;
  const bytes = length > answerScratch.length ? new Uint8Array(length) : answerScratch.subarray(0, length);
  setNumber(bytes, 0, head.length);
  bytes.set(head, LENGTH_BYTES);
  bytes.set(body, LENGTH_BYTES + head.length);
  return bytes;
}

function decodeAnswer(bytes: Uint8Array): Answer {
  const headEnd = LENGTH_BYTES + numberAt(bytes, 0);
  const [status, headers] = JSON.parse(strictUtf8.decode(bytes.subarray(LENGTH_BYTES, headEnd))) as [number, string[]];
  return { status, headers, body: bytes.subarray(headEnd) };
}

const LENGTH_BYTES = 4;

function setNumber(bytes: Uint8Array, at: number, length: number): void {
  bytes[at] = length >>> 24;
  bytes[at + 1] = length >>> 16;
  bytes[at + 2] = length >>> 8;
  bytes[at + 3] = length;
}

function numberAt(bytes: Uint8Array, at: number): number {
  return ((bytes[at]! << 24) | (bytes[at + 1]! << 16) | (bytes[at + 2]! << 8) | bytes[at + 3]!) >>> 0;
}

/** A head of a kilobyte is usual; where the text may be longer than this it is given memory of its own. */
const HEAD_CHARS_MAX = 4_096;
const scratch = new Uint8Array(3 * HEAD_CHARS_MAX);

/** Where an answer's parts are put together, unless it is a large one: it is sealed at once. */
const answerScratch = new Uint8Array(16 * 1024);

/** A text's UTF-8, to be copied before the next call. */
function written(json: string): Uint8Array {
  return json.length > HEAD_CHARS_MAX ? utf8.encode(json) : scratch.subarray(0, utf8.encodeInto(json, scratch).written);
}
