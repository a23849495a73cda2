import {
  type AnswerWord,
  answerMarks,
  endToEnd,
  factsOf,
  type Marks,
  refuse,
  situationOf,
  storedHeaders,
  unmarked,
} from "@semel/core/http/protocol";
import {
  type Facts,
  type KeyRecord,
  openAnswer,
  type Profile,
  type Reply,
  type Situation,
  type Vault,
} from "@semel/core/record";
import type { Outgoing } from "./exchange.ts";
import type { Sight } from "./send.ts";

const DEFAULT_RETRY_MS = 1_000;

/** What the client of this exchange gets for the engine's reply. */
export function render(reply: Reply, profile: Profile, marks: Marks, sight: Sight, vault: Vault): Outgoing {
  switch (reply.kind) {
    case "answer":
      return renderAnswer(reply, profile, marks, sight, vault);
    case "noEffect":
      return passedOn(profile, marks, sight);
    default: {
      const retryMs = "retryAfterMs" in reply ? reply.retryAfterMs : DEFAULT_RETRY_MS;
      return refused(profile, situationOf(reply, sight.failed), factsOf(reply, marks.run), marks, retryMs);
    }
  }
}

/** An error in the profile's dialect. Where the profile would let the request pass there is none to render. */
export function refused(
  profile: Profile,
  situation: Situation,
  facts: Facts,
  marks: Marks | null,
  retryAfterMs: number = DEFAULT_RETRY_MS,
): Outgoing {
  const refusal = refuse(profile, situation, facts, marks, retryAfterMs);
  if (refusal === null) throw new Error(`Profile ${profile.name} lets a request pass that is ${situation}`);
  return { status: refusal.status, headers: refusal.headers, body: utf8.encode(refusal.body), rest: null };
}

const utf8 = new TextEncoder();

function renderAnswer(
  reply: Reply & { kind: "answer" },
  profile: Profile,
  marks: Marks,
  sight: Sight,
  vault: Vault,
): Outgoing {
  const { record, how } = reply;
  if (record.answer === null) return notKept(reply, profile, marks, sight);
  const outgoing = stored(record, how === "mine" ? "fresh" : how, profile, marks, vault);
  return outgoing ?? refused(profile, "unavailable", factsOf(reply, marks.run), marks);
}

/** A stored answer as this exchange gets it; null: there is none, or it is sealed under an id that is unknown here. */
export function stored(
  record: Pick<KeyRecord, "state" | "answer">,
  word: AnswerWord,
  profile: Profile,
  marks: Marks,
  vault: Vault,
): Outgoing | null {
  const answer = record.answer === null ? null : openAnswer(record.answer, marks.run, vault);
  if (answer === null) return null;
  const until = record.state.kind === "completed" ? record.state.retainUntil : null;
  const headers = [...unmarked(answer.headers, profile), ...answerMarks(profile, word, marks, until)];
  return { status: answer.status, headers, body: answer.body, rest: null };
}

/** Too large to keep: the client that caused it gets it all, now; it is the only one. */
function notKept(reply: Reply & { kind: "answer" }, profile: Profile, marks: Marks, sight: Sight): Outgoing {
  const { state } = reply.record;
  if (reply.how === "mine" && sight.answer !== null) {
    const { status, headers, body, rest } = sight.answer;
    return {
      status,
      headers: [...unmarked(storedHeaders(headers), profile), ...answerMarks(profile, "fresh", marks, null)],
      body,
      rest,
    };
  }
  const outcome = state.kind === "completed" ? state.outcome : null;
  return refused(profile, "notRetained", { ...factsOf(reply, marks.run), outcome }, marks);
}

/** The upstream's own answer, with the proof that nothing happened in it. Not stored: the next retry runs. */
function passedOn(profile: Profile, marks: Marks, sight: Sight): Outgoing {
  if (sight.answer === null) {
    return refused(profile, "pending", factsOf({ kind: "pending", retryAfterMs: DEFAULT_RETRY_MS }, marks.run), marks);
  }
  const { status, headers, body, rest } = sight.answer;
  return {
    status,
    headers: [...unmarked(endToEnd(headers), profile), ...answerMarks(profile, "fresh", marks, null)],
    body,
    rest,
  };
}
