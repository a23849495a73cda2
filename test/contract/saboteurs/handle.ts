import type { StoreFixture } from "@semel/core/contract";
import { type Browser, type Guarantees, type Outbox, type RecordStore, type Row, StoreError } from "@semel/core/record";
import { memoryStore } from "@semel/core/store/memory";
import { opened } from "../opened.ts";

export type Store = RecordStore & Outbox & Browser;
export type Methods = { -readonly [M in keyof Store]: Store[M] };

/** A fault put into a store, and the clauses that name it. `spoil` changes some methods; `honest` is what is below. */
export type Saboteur = Readonly<{
  does: string;
  breaks: readonly string[];
  spoil: (methods: Methods, honest: Store) => void;
}>;

/** Small, so that a doc over the limit is cheap. */
const DOC_BYTES_MAX = 4_096;

/** A store over memory that outlives its handles, with one fault in it. Without a fault it keeps every clause. */
export function sabotaged({ spoil }: Pick<Saboteur, "spoil">): StoreFixture {
  const honest = memoryStore({ docBytesMax: Number.POSITIVE_INFINITY });
  const open = async () => {
    const methods = handleOn(honest);
    spoil(methods, honest);
    return opened(methods);
  };
  return { open, reopen: open, remove: () => honest.close() };
}

function handleOn(honest: Store): Methods {
  let isClosed = false;
  const guarantees: Guarantees = { linearizable: true, survives: "process-crash", docBytesMax: DOC_BYTES_MAX };
  const refuse = (): void => {
    if (isClosed) throw new StoreError("unavailable", "The store is closed");
  };
  const guarded = <In extends unknown[], Out>(call: (...args: In) => Promise<Out>) => {
    return async (...args: In): Promise<Out> => {
      refuse();
      return call(...args);
    };
  };
  return {
    name: "sabotaged",
    guarantees,
    now: guarded(() => honest.now()),
    lineage: guarded(() => honest.lineage()),
    read: guarded((key) => honest.read(key)),
    swap: guarded(async (swap) => {
      if (swap.next.doc.length > DOC_BYTES_MAX) throw new StoreError("unavailable", "The doc is too large");
      return honest.swap(swap);
    }),
    due: guarded((now, limit) => honest.due(now, limit)),
    drop: guarded((rows) => honest.drop(rows)),
    take: guarded((limit) => honest.take(limit)),
    ack: guarded((batch) => honest.ack(batch)),
    page: guarded((filter, cursor) => honest.page(filter, cursor)),
    close: async () => {
      isClosed = true;
    },
  };
}

/** Lets others run in between, as a round trip to a database would. */
export async function pause(): Promise<void> {
  for (let i = 0; i < 5; i++) await Promise.resolve();
}

export const withDoc = (row: Row, doc: Uint8Array): Row => ({ ...row, doc });
