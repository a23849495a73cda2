import { type Proof, placesOf, type QuestionPlan, question, templateFault, UPSTREAM_KEY } from "@semel/core/upstream";
import type { Question } from "../flow/route.ts";
import type { Path } from "./document.ts";
import type { AskFile, ProofFile } from "./file.ts";
import { suggestion } from "./nearest.ts";
import type { Reading } from "./reading.ts";
import { headerText } from "./secret.ts";

/** How an upstream is asked about a key; null: refused. */
export function readQuestion(reading: Reading, path: Path, file: AskFile, sendsKey: boolean): Question | null {
  const before = reading.faults.length;
  checkTemplate(reading, path, file, sendsKey);
  const headers: { [name: string]: string } = {};
  for (const [name, text] of Object.entries(file.headers ?? {})) {
    const value = headerText(reading, [...path, "headers", name], name, text);
    if (value !== null) headers[name.toLowerCase()] = value;
  }
  const effect = readProof(reading, [...path, "effect"], file.effect);
  const noEffect = readProof(reading, [...path, "noEffect"], file.noEffect);
  if (effect === null || noEffect === null || reading.faults.length > before) return null;
  if (effect.status === noEffect.status && effect.sign === noEffect.sign && effect.pointer === noEffect.pointer) {
    reading.refuse([...path, "noEffect"], "is the same as effect: no answer could tell one from the other");
    return null;
  }
  const { answer, get, vars = {} } = file;
  const plan: QuestionPlan = {
    get,
    vars,
    headers,
    effect,
    noEffect,
    answer: answer === undefined ? null : { status: answer.status, pointer: answer.body },
  };
  return question(plan);
}

function checkTemplate(reading: Reading, path: Path, { get, vars = {} }: AskFile, sendsKey: boolean): void {
  const at = [...path, "get"];
  const fault = templateFault(get);
  if (fault !== null) {
    reading.refuse(at, fault);
    return;
  }
  const names = Object.keys(vars);
  if (names.includes(UPSTREAM_KEY)) {
    reading.refuse([...path, "vars", UPSTREAM_KEY], "hides the key that the upstream was sent: name it otherwise");
  }
  const places = placesOf(get);
  for (const place of places) {
    if (place === UPSTREAM_KEY || names.includes(place)) continue;
    reading.refuse(
      at,
      `has a place {${place}} for which vars has no value: ${suggestion(place, [UPSTREAM_KEY, ...names])}`,
    );
  }
  if (places.length === 0) reading.refuse(at, "asks the same for every key: it needs {upstreamKey} or one of vars");
  if (places.includes(UPSTREAM_KEY) && !sendsKey) {
    reading.refuse(at, "asks by {upstreamKey}, and this upstream is sent none (key: none): ask by vars");
  }
  for (const name of names) {
    if (!places.includes(name))
      reading.warn([...path, "vars", name], "is kept with every record, and get does not use it");
  }
}

function readProof(reading: Reading, path: Path, { status, present, absent }: ProofFile): Proof | null {
  if (present !== undefined && absent === undefined) return { status, sign: "present", pointer: present };
  if (absent !== undefined && present === undefined) {
    if (absent !== "") return { status, sign: "absent", pointer: absent };
    reading.refuse(path, 'has absent: "", and a whole answer is never absent: name a part of it');
    return null;
  }
  reading.refuse(path, "must have one of present and absent: a status alone proves nothing");
  return null;
}
