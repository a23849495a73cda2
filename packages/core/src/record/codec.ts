import type { Fence } from "./fence.ts";
import { isFence } from "./fence.ts";
import { boundHistory } from "./history.ts";
import { CorruptError, type SealPurpose, type Vault } from "./ports.ts";
import type { Answer, KeyRecord, Part, RecordKey, Secrets } from "./record.ts";

/**
 * A row's doc: byte 0x53 ("S"), the format, three big-endian 32-bit lengths, then a JSON head in the clear, the sealed
 * secrets and the sealed answer. Whoever operates the store can read the head; nobody without the secrets reads the rest.
 */
const MAGIC = 0x53;
const FORMAT = 1;
const PREFIX_BYTES = 14;

const utf8 = new TextEncoder();
const text = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });

/** The record as bytes for the write that carries `fence`: clear parts are sealed under it, sealed ones are copied. */
export function encodeRecord(record: KeyRecord, key: RecordKey, fence: Fence, vault: Vault): Uint8Array {
  const { secrets, answer, ...rest } = record;
  const history = boundHistory(record.history, (entry) => vault.digest(entry));
  const head = utf8.encode(JSON.stringify({ ...rest, history }));
  const sealedSecrets = sealed(secrets, "secrets", key, fence, vault, encodeSecrets);
  const sealedAnswer = answer === null ? EMPTY : sealed(answer, "answer", key, fence, vault, encodeAnswer);

  const doc = new Uint8Array(PREFIX_BYTES + head.length + sealedSecrets.length + sealedAnswer.length);
  const view = new DataView(doc.buffer);
  view.setUint8(0, MAGIC);
  view.setUint8(1, FORMAT);
  view.setUint32(2, head.length);
  view.setUint32(6, sealedSecrets.length);
  view.setUint32(10, sealedAnswer.length);
  doc.set(head, PREFIX_BYTES);
  doc.set(sealedSecrets, PREFIX_BYTES + head.length);
  doc.set(sealedAnswer, PREFIX_BYTES + head.length + sealedSecrets.length);
  return doc;
}

/** Reads a doc. Throws CorruptError for anything that this version did not write: such a key is neither free nor replayed. */
export function decodeRecord(doc: Uint8Array): KeyRecord {
  const view = new DataView(doc.buffer, doc.byteOffset, doc.byteLength);
  if (doc.length < PREFIX_BYTES || view.getUint8(0) !== MAGIC) throw new CorruptError("The row is not a Semel record");
  if (view.getUint8(1) !== FORMAT) {
    throw new CorruptError(`The row has record format ${view.getUint8(1)}; this version of Semel reads ${FORMAT}`);
  }
  const [head, secrets, answer] = [view.getUint32(2), view.getUint32(6), view.getUint32(10)];
  if (PREFIX_BYTES + head + secrets + answer !== doc.length) throw new CorruptError("The row's lengths do not add up");
  const headEnd = PREFIX_BYTES + head;
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
  return clear === null ? null : (JSON.parse(text.decode(clear)) as Secrets);
}

const EMPTY = new Uint8Array();

function sealed<T>(
  part: Part<T>,
  purpose: SealPurpose,
  key: RecordKey,
  fence: Fence,
  vault: Vault,
  encode: (clear: T) => Uint8Array,
): Uint8Array {
  return "sealed" in part ? part.sealed : vault.seal(purpose, key, fence, encode(part.clear));
}

function parseHead(bytes: Uint8Array): Omit<KeyRecord, "secrets" | "answer"> {
  let head: Omit<KeyRecord, "secrets" | "answer">;
  try {
    head = JSON.parse(text.decode(bytes)) as typeof head;
  } catch (cause) {
    throw new CorruptError("The row's head is not JSON", { cause });
  }
  const { state } = head;
  const claimed = state?.kind !== "running" || isFence(state.attempt.id);
  if (head.format !== FORMAT || state === undefined || !Array.isArray(head.open) || !claimed) {
    throw new CorruptError("The row's head is not that of a record");
  }
  return head;
}

function encodeSecrets(secrets: Secrets): Uint8Array {
  return utf8.encode(JSON.stringify(secrets));
}

/** A 32-bit length, the JSON of status and headers, then the body's bytes as they came. */
function encodeAnswer(answer: Answer): Uint8Array {
  const head = utf8.encode(JSON.stringify([answer.status, answer.headers]));
  const bytes = new Uint8Array(4 + head.length + answer.body.length);
  new DataView(bytes.buffer).setUint32(0, head.length);
  bytes.set(head, 4);
  bytes.set(answer.body, 4 + head.length);
  return bytes;
}

function decodeAnswer(bytes: Uint8Array): Answer {
  const headEnd = 4 + new DataView(bytes.buffer, bytes.byteOffset).getUint32(0);
  const [status, headers] = JSON.parse(text.decode(bytes.subarray(4, headEnd))) as [number, string[]];
  return { status, headers, body: bytes.subarray(headEnd) };
}
