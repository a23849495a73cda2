import { after, type Instant, type RecordKey, StoreError, type Survival } from "@semel/core/record";
import { pause, type Saboteur } from "./handle.ts";

const EVERYTHING = { dueFrom: null, dueTo: null, limit: 1_000 } as const;

export const lifeSaboteurs: readonly Saboteur[] = [
  {
    does: "promises more than there are words for",
    breaks: ["guarantees-are-said"],
    spoil: (methods) => {
      methods.guarantees = { ...methods.guarantees, survives: "everything" as Survival };
    },
  },
  {
    does: "follows a wall clock that is set back",
    breaks: ["clock-never-goes-back"],
    spoil: (methods) => {
      let wall = 1_790_000_000_000;
      methods.now = async () => --wall as Instant;
    },
  },
  {
    does: "forgets its rows when it is opened again",
    breaks: ["survives-reopening", "closing-settles-everything"],
    spoil: (methods, honest) => {
      const own = new Set<RecordKey>();
      const { swap } = methods;
      methods.swap = (it) => {
        own.add(it.key);
        return swap(it);
      };
      methods.read = async (key) => (own.has(key) ? honest.read(key) : null);
    },
  },
  {
    does: "takes a clock that stood still for a restart",
    breaks: ["survives-reopening"],
    spoil: (methods, honest) => {
      let isSecond = false;
      const { read } = methods;
      methods.read = (key) => {
        isSecond = true;
        return read(key);
      };
      methods.now = async () => after(await honest.now(), isSecond ? -10_000 : 0);
    },
  },
  {
    does: "brings acknowledged entries back when it is opened again",
    breaks: ["outbox-survives-reopening", "acknowledged-once"],
    spoil: (methods) => {
      methods.ack = async () => {};
    },
  },
  {
    does: "goes on after it was closed",
    breaks: ["closed-store-refuses"],
    spoil: (methods) => {
      methods.close = async () => {};
    },
  },
  {
    does: "says that a swap under way at close was not written, after writing it",
    breaks: ["closing-settles-everything"],
    spoil: (methods) => {
      let isClosed = false;
      const { swap, close } = methods;
      methods.swap = async (it) => {
        const swapped = await swap(it);
        await pause();
        if (isClosed) throw new StoreError("unavailable", "The store is closed");
        return swapped;
      };
      methods.close = () => {
        isClosed = true;
        return close();
      };
    },
  },
  {
    does: "loses every third drop",
    breaks: ["equals-a-model"],
    spoil: (methods, honest) => {
      let drops = 0;
      methods.drop = async (rows) => {
        drops++;
        if (drops % 3 > 0) await honest.drop(rows);
      };
    },
  },
];

export const pageSaboteurs: readonly Saboteur[] = [
  {
    does: "shows the oldest keys first",
    breaks: ["pages-newest-first"],
    spoil: (methods, honest) => {
      methods.page = async (filter, cursor) => {
        const { rows, next } = await honest.page(filter, cursor);
        return { rows: rows.toReversed(), next };
      };
    },
  },
  {
    does: "begins a page with the last row of the one before",
    breaks: ["pages-are-complete"],
    spoil: (methods, honest) => {
      methods.page = (filter, cursor) => honest.page(filter, cursor === null ? null : `${Number(cursor) + 1}`);
    },
  },
  {
    does: "ends after the first page",
    breaks: ["pages-are-complete", "pages-keep-their-limit"],
    spoil: (methods, honest) => {
      methods.page = async (filter, cursor) => ({ ...(await honest.page(filter, cursor)), next: null });
    },
  },
  {
    does: "ignores the limit of a page",
    breaks: ["pages-keep-their-limit"],
    spoil: (methods, honest) => {
      methods.page = (filter, cursor) => honest.page({ ...filter, limit: EVERYTHING.limit }, cursor);
    },
  },
  {
    does: "counts rows to find a page",
    breaks: ["pages-hold-still"],
    spoil: (methods, honest) => {
      methods.page = async (filter, cursor) => {
        const { rows } = await honest.page({ ...filter, limit: EVERYTHING.limit }, null);
        const [from, to] = [Number(cursor), Number(cursor) + filter.limit];
        return { rows: rows.slice(from, to), next: to < rows.length ? `${to}` : null };
      };
    },
  },
  {
    does: "leaves out the bounds of due times",
    breaks: ["pages-by-due-time"],
    spoil: (methods, honest) => {
      const move = (at: Instant | null, ms: number): Instant | null => (at === null ? null : after(at, ms));
      methods.page = ({ dueFrom, dueTo, limit }, cursor) =>
        honest.page({ dueFrom: move(dueFrom, 1), dueTo: move(dueTo, -1), limit }, cursor);
    },
  },
];
