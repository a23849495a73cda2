import type { Browser, Outbox, RecordStore } from "../record/index.ts";

/** A handle on a store. `outbox` and `browser` are null where the store offers none: their clauses then do not apply. */
export type OpenedStore = Readonly<{ store: RecordStore; outbox: Outbox | null; browser: Browser | null }>;

/** One fresh, empty store, made for one clause. */
export type StoreFixture = Readonly<{
  /** Called once. */
  open(): Promise<OpenedStore>;
  /** The same storage behind a new handle; the old one was closed before. null: nothing survives. */
  reopen: (() => Promise<OpenedStore>) | null;
  /** Removes the storage. Every handle was closed before. */
  remove(): Promise<void>;
}>;

/** One promise. `check` rejects with a ContractError where it is broken. `random`: from 0 to below 1, seeded by the caller. */
export type StoreClause = Readonly<{
  id: string;
  title: string;
  check(fixture: StoreFixture, random: () => number): Promise<void>;
}>;

/** A promise is broken; the message says which, and how it was seen. */
export class ContractError extends Error {
  override readonly name = "ContractError";
}

/** The store does not offer what the clause is about. */
export class NotOffered extends Error {
  override readonly name = "NotOffered";
}

/** A clause that looks at one handle: opens it and closes it again. */
export function clause(id: string, title: string, body: Body): StoreClause {
  return {
    id,
    title,
    async check(fixture, random) {
      const opened = await fixture.open();
      try {
        await body(opened, random);
      } finally {
        await opened.store.close();
      }
    },
  };
}
export type Body = (opened: OpenedStore, random: () => number) => Promise<void>;

export function outboxOf({ outbox }: OpenedStore): Outbox {
  if (outbox === null) throw new NotOffered("The store offers no outbox");
  return outbox;
}

export function browserOf({ browser }: OpenedStore): Browser {
  if (browser === null) throw new NotOffered("The store offers no browser");
  return browser;
}
