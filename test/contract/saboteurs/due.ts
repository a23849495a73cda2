import { AUTHORITY_KEY, after, type Instant, NEVER, type RecordKey, type Row } from "@semel/core/record";
import type { Saboteur } from "./handle.ts";

const EVERYTHING = 1_000;

export const dueSaboteurs: readonly Saboteur[] = [
  {
    does: "lists what is due only after its time",
    breaks: ["due-lists-whole-rows"],
    spoil: (methods, honest) => {
      methods.due = (now, limit) => honest.due(after(now, -1), limit);
    },
  },
  {
    does: "lists what is due soon",
    breaks: ["due-excludes-later"],
    spoil: (methods, honest) => {
      methods.due = (now, limit) => honest.due(after(now, 1), limit);
    },
  },
  {
    does: "lists what is due in the order of the keys",
    breaks: ["due-longest-first"],
    spoil: (methods, honest) => {
      methods.due = async (now, limit) => (await honest.due(now, limit)).toSorted((a, b) => (a.key < b.key ? -1 : 1));
    },
  },
  {
    does: "leaves out a row that is due",
    breaks: ["due-lists-whole-rows", "due-longest-first"],
    spoil: (methods, honest) => {
      methods.due = async (now, limit) => (await honest.due(now, limit)).slice(1);
    },
  },
  {
    does: "ignores the limit of due",
    breaks: ["due-limit"],
    spoil: (methods, honest) => {
      methods.due = (now) => honest.due(now, EVERYTHING);
    },
  },
  {
    does: "stops at the limit before it sorts",
    breaks: ["due-limit"],
    spoil: (methods, honest) => {
      methods.due = async (now, limit) => {
        const due = (await honest.due(now, EVERYTHING)).toSorted((a, b) => (a.key < b.key ? -1 : 1));
        return due.slice(0, limit).sort((a, b) => a.dueAt - b.dueAt);
      };
    },
  },
  {
    does: "takes NEVER for a date",
    breaks: ["never-is-never-due"],
    spoil: (methods, honest) => {
      const never = new Map<RecordKey, Row>();
      const { swap } = methods;
      methods.swap = (it) => {
        if (it.next.dueAt === NEVER) never.set(it.key, it.next);
        return swap(it);
      };
      methods.due = async (now, limit) => [...(await honest.due(now, limit)), ...(now === NEVER ? never.values() : [])];
    },
  },
  {
    does: "keeps a row where it was due first",
    breaks: ["due-follows-swaps"],
    spoil: (methods, honest) => {
      const first = new Map<RecordKey, Instant>();
      const { swap } = methods;
      methods.swap = (it) => {
        if (!first.has(it.key)) first.set(it.key, it.next.dueAt);
        return swap(it);
      };
      methods.due = async (now, limit) => {
        const rows = await Promise.all([...first].filter(([, dueAt]) => dueAt <= now).map(([key]) => honest.read(key)));
        return rows.filter((row) => row !== null).slice(0, limit);
      };
    },
  },
  {
    does: "drops nothing",
    breaks: ["drop-removes"],
    spoil: (methods) => {
      methods.drop = async () => {};
    },
  },
  {
    does: "drops a row whatever its fence",
    breaks: ["drop-needs-the-fence", "equals-a-model"],
    spoil: (methods, honest) => {
      methods.drop = async (rows) => {
        const current = await Promise.all(rows.map(({ key }) => honest.read(key)));
        await honest.drop(current.filter((row) => row !== null));
      };
    },
  },
  {
    does: "stops dropping at a row that is not there",
    breaks: ["drop-of-unknown-is-harmless"],
    spoil: (methods, honest) => {
      methods.drop = async (rows) => {
        for (const row of rows) {
          if ((await honest.read(row.key)) === null) return;
          await honest.drop([row]);
        }
      };
    },
  },
  {
    does: "never gives a dropped key back",
    breaks: ["dropped-key-is-fresh"],
    spoil: (methods, honest) => {
      const dropped = new Set<RecordKey>();
      const { swap } = methods;
      methods.drop = (rows) => {
        for (const { key } of rows) dropped.add(key);
        return honest.drop(rows);
      };
      methods.swap = async (it) => (dropped.has(it.key) ? { won: false, current: null } : swap(it));
    },
  },
  {
    does: "takes the authority's row for one of the keys'",
    breaks: ["authority-is-never-due", "authority-is-never-dropped", "authority-is-in-no-page"],
    spoil: (methods, honest) => {
      const inside = "~authority" as RecordKey;
      const enter = <T extends { key: RecordKey }>(it: T): T =>
        it.key === AUTHORITY_KEY ? { ...it, key: inside } : it;
      const leave = (row: Row): Row => (row.key === inside ? { ...row, key: AUTHORITY_KEY } : row);
      methods.read = async (key) => {
        const row = await honest.read(enter({ key }).key);
        return row === null ? null : leave(row);
      };
      const { swap } = methods;
      methods.swap = async (it) => {
        const swapped = await swap(enter(it));
        return swapped.won || swapped.current === null ? swapped : { won: false, current: leave(swapped.current) };
      };
      methods.due = async (now, limit) => (await honest.due(now, limit)).map(leave);
      methods.drop = (rows) => honest.drop(rows.map(enter));
      methods.page = async (filter, cursor) => {
        const { rows, next } = await honest.page(filter, cursor);
        return { rows: rows.map(leave), next };
      };
    },
  },
  {
    does: "lets anybody write the authority's row",
    breaks: ["authority-swaps"],
    spoil: (methods, honest) => {
      const { swap } = methods;
      methods.swap = async (it) => {
        if (it.key !== AUTHORITY_KEY) return swap(it);
        return swap({ ...it, expect: (await honest.read(it.key))?.fence ?? null });
      };
    },
  },
];
