import { CompactReader, CompactWriter, readText, SHORT_TEXT_BYTES_MAX } from "./compact.ts";
import { type Fence, isFence } from "./fence.ts";
import type { Instant } from "./instant.ts";
import { CorruptError } from "./ports.ts";
import type { Answer, Fingerprint, KeyRecord, Outcome, State } from "./record.ts";

/** What a replay needs of a completed record: a fact that never changes, wherever it is kept. */
export type Cached = Readonly<{
  fingerprint: Fingerprint;
  state: State & { kind: "completed" };
  answer: Readonly<{ clear: Answer }>;
  /** The attempt that completed the key; null: its transition is so old that the record no longer lists it. */
  attempt: Fence | null;
  /** When whoever put it wanted it to be forgotten, whatever the clock of the cache says. */
  until: Instant;
}>;

/** `facts` are mostly digests, which nothing makes smaller; `answer` is text and the body, which a compressor does. */
export type CachedBytes = Readonly<{ facts: Uint8Array; answer: Uint8Array }>;

/** Of the layout of both parts. Whoever changes it gives it a new number: what is cached under another one is a miss. */
const FORMAT = 1;
const STATUS_BYTES = 2;
/** Up to the year 2.2 million: NEVER fits. */
const INSTANT_BYTES = 7;
const LENGTH_BYTES = 4;
const FENCE_BYTES = 16;

const SOURCES: readonly Outcome["source"][] = ["upstream", "asked", "operator"];
const STATUS_MAX = 2 ** (8 * STATUS_BYTES) - 1;
/** What HTTP lets a header be made of, and so the line feed is free to stand between them. */
const HEADER = /^[\t -~\u0080-\u00ff]*$/;

const utf8 = new TextEncoder();

/** null: the record is not completed, its answer is not kept, or it cannot be compared: it has to be asked for at the authority. */
export function encodeCached(record: KeyRecord, answer: Answer, until: Instant): CachedBytes | null {
  const { state, fingerprint } = record;
  if (state.kind !== "completed" || state.answer !== "kept" || record.answer === null || fingerprint === null)
    return null;
  const { outcome, retainUntil } = state;
  if (!fits(fingerprint, outcome, answer)) return null;

  const headers = utf8.encode(answer.headers.join("\n"));
  const attempt = completedBy(record);
  const facts = new CompactWriter()
    .number(FORMAT, 1)
    .number(flagsOf(outcome, attempt), 1)
    .number(outcome.status, STATUS_BYTES)
    .number(answer.status, STATUS_BYTES)
    .number(retainUntil, INSTANT_BYTES)
    .number(until, INSTANT_BYTES)
    .number(headers.length, LENGTH_BYTES)
    .hex(attempt ?? "")
    .text(fingerprint.scheme)
    .text(fingerprint.digest)
    .text(outcome.digest);
  const rest = new Uint8Array(headers.length + answer.body.length);
  rest.set(headers);
  rest.set(answer.body, headers.length);
  return { facts: facts.end(), answer: rest };
}

/** Throws CorruptError for anything that this version did not write. */
export function decodeCached({ facts, answer }: CachedBytes): Cached {
  const reader = new CompactReader(facts);
  const format = reader.number(1);
  if (format !== FORMAT) throw new CorruptError(`A cached answer has format ${format}; this version reads ${FORMAT}`);
  const flags = reader.number(1);
  const [outcomeStatus, status] = [reader.number(STATUS_BYTES), reader.number(STATUS_BYTES)];
  const [retainUntil, until] = [reader.number(INSTANT_BYTES) as Instant, reader.number(INSTANT_BYTES) as Instant];
  const headersEnd = reader.number(LENGTH_BYTES);
  const attempt = (flags & HAS_ATTEMPT) === 0 ? null : (reader.hex(FENCE_BYTES) as Fence);
  const [scheme, digest, bodyDigest] = [reader.text(), reader.text(), reader.text()];
  const source = SOURCES[flags >> SOURCE_BIT];
  if (!reader.isAtEnd || headersEnd > answer.length || scheme === null || digest === null || source === undefined)
    throw new CorruptError("A cached answer's parts do not add up");
  const outcome: Outcome = {
    sense: (flags & SUCCESS) > 0 ? "success" : "failure",
    status: outcomeStatus,
    source,
    digest: bodyDigest,
  };
  return {
    fingerprint: { scheme, digest },
    state: { kind: "completed", outcome, answer: "kept", retainUntil },
    answer: {
      clear: { status, headers: headersOf(answer.subarray(0, headersEnd)), body: answer.subarray(headersEnd) },
    },
    attempt,
    until,
  };
}

const SUCCESS = 1;
const HAS_ATTEMPT = 2;
const SOURCE_BIT = 2;

function flagsOf({ sense, source }: Outcome, attempt: Fence | null): number {
  const success = sense === "success" ? SUCCESS : 0;
  return success | (attempt === null ? 0 : HAS_ATTEMPT) | (SOURCES.indexOf(source) << SOURCE_BIT);
}

/** What has no place in the layout is not cached. */
function fits({ scheme, digest }: Fingerprint, outcome: Outcome, { status, headers }: Answer): boolean {
  const texts = [scheme, digest, outcome.digest ?? ""].every(
    (text) => utf8.encode(text).length <= SHORT_TEXT_BYTES_MAX,
  );
  const numbers = [status, outcome.status].every((it) => Number.isInteger(it) && it >= 0 && it <= STATUS_MAX);
  return texts && numbers && headers.length % 2 === 0 && headers.every((it) => HEADER.test(it));
}

function completedBy({ history }: KeyRecord): Fence | null {
  const attempt = history.entries.find(({ did }) => did === "completed")?.attempt ?? null;
  return attempt !== null && isFence(attempt) ? attempt : null;
}

/** A list of headers is never one empty text, for a name comes with a value. */
function headersOf(bytes: Uint8Array): readonly string[] {
  return bytes.length === 0 ? [] : readText(bytes).split("\n");
}
