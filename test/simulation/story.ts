import { decodeRecord, type KeyRecord, nameMessage, type RecordKey, type Row } from "@semel/core/record";
import type { Effect } from "./bank.ts";
import type { Operation, Saw } from "./checker/write-once.ts";
import type { Intent, Sent } from "./client.ts";
import { inOldFormat } from "./connection.ts";
import type { Gateway } from "./gateway.ts";
import type { Process } from "./machine.ts";
import { ROTATION } from "./secrets.ts";

/** An answer that a process handed out, with the flow's own word for it. */
export type Told = Readonly<{
  sent: Sent;
  word: string;
  status: number;
  headers: readonly string[];
  body: Uint8Array;
  run: Gateway;
}>;

/** What is known of one key of one account, seen from outside. */
export type Story = {
  readonly name: string;
  readonly run: RecordKey;
  effects: Effect[];
  /** In all its lives. An upstream that is asked may answer with a payment of an earlier one. */
  effectsEver: number;
  /** Final answer of this life of the key: what every retry must get. */
  told: Readonly<{ at: number; text: string; success: boolean }> | null;
  /** Past its horizon a row is dropped and the key is new: when that last happened. */
  droppedAt: number;
  /** Its history was lost: what was told before need not be known any more. */
  lost: boolean;
  /** Processes that sent for it, and those that heard of its success. */
  readonly senders: Set<Process>;
  readonly heard: Set<Process>;
  /** What clients saw in this life of the key. */
  readonly operations: Operation[];
};

export function newStory({ account, key }: Pick<Intent, "account" | "key">): Story {
  const run = ROTATION[0]!.name(nameMessage({ tenant: "", account, operation: "POST /payments", scope: [], key }));
  return {
    name: `${account}/${key}`,
    run,
    effects: [],
    effectsEver: 0,
    told: null,
    droppedAt: -1,
    lost: false,
    operations: [],
    senders: new Set(),
    heard: new Set(),
  };
}

const text = new TextDecoder();
/** The client holds the outcome of its payment: what the response header says beside an upstream's own answer. */
const FINAL = new Set(["fresh", "replayed", "recovered"]);

export function isFinal({ word, headers }: Told): boolean {
  return word !== "noEffect" && FINAL.has(headers[headers.indexOf("Idempotency-Status") + 1] ?? "");
}

export function sawOf({ word, body, status }: Told, final: boolean): Saw {
  if (final) return { kind: "set", value: `${status} ${text.decode(body)}` };
  return word === "noEffect" ? { kind: "unset" } : { kind: "unknown" };
}

type Canaries = Readonly<{ receipt: string; intent: string; paid: string }>;

/** Whose answer it is, and to what: the bank writes it into every answer, and into what it finds when it is asked. */
export function canariesOf(headers: readonly string[], body: string): Canaries {
  const header = (name: string): string => headers[headers.indexOf(name) + 1] ?? "";
  if (headers.includes("X-Receipt")) {
    return { receipt: header("X-Receipt"), intent: header("X-Intent-Of"), paid: header("X-For") };
  }
  const said = JSON.parse(body) as { receipt: number; intent: string; for: string };
  return { receipt: String(said.receipt), intent: said.intent, paid: said.for };
}

/** null: the row cannot be read. */
export function recordOf(row: Row): KeyRecord | null {
  try {
    return decodeRecord(inOldFormat(row.doc));
  } catch {
    return null;
  }
}
