import type { Fence, Instant, OutboxBatch, Page, PageFilter, RecordKey, Row, StoreError } from "../../record/index.ts";
import type { OpenRefusal } from "./open-error.ts";
import type { PackedSwaps } from "./pack.ts";

/** What the worker is started with. */
export type Opening = Readonly<{ path: string; waitLockMs: number; quickCheck: boolean; wall: Instant }>;

/** The worker's first message. `mark`: the store's clock before this opening, null for a new file. */
export type Opened =
  | Readonly<{ kind: "opened"; mark: Instant | null; durable: boolean }>
  | Readonly<{ kind: "refused"; refusal: OpenRefusal }>;

export type Dropped = Readonly<{ key: RecordKey; fence: Fence }>;

/** What the main side asks for, and what each question is answered with. */
export type Questions = {
  swaps: { ask: Readonly<{ packed: PackedSwaps; now: Instant }>; answer: SwapsAnswer };
  reads: { ask: readonly RecordKey[]; answer: readonly (Row | null)[] };
  due: { ask: Readonly<{ now: Instant; limit: number }>; answer: readonly Row[] };
  drop: { ask: readonly Dropped[]; answer: null };
  take: { ask: number; answer: OutboxBatch };
  ack: { ask: string; answer: null };
  page: { ask: Readonly<{ filter: PageFilter; before: number }>; answer: Page };
  mark: { ask: Instant; answer: null };
  close: { ask: Instant; answer: null };
};
export type Kind = keyof Questions;

/** Only what is not a victory is listed, so that the usual answer is tiny. */
export type SwapsAnswer = Readonly<{
  lost: readonly (readonly [index: number, current: Row | null])[];
  failed: readonly (readonly [index: number, code: StoreError["code"], message: string])[];
}>;

export type Question = { [K in Kind]: Readonly<{ id: number; kind: K; ask: Questions[K]["ask"] }> }[Kind];

export type Answer =
  | Readonly<{ id: number; kind: "done"; answer: Questions[Kind]["answer"] }>
  | Readonly<{ id: number; kind: "failed"; code: StoreError["code"]; message: string }>
  /** The file cannot be trusted any more: nothing may be asked again. */
  | Readonly<{ kind: "fatal"; message: string }>;
