import { type Fence, fenceClock, type RecordKey, type Row } from "@semel/core/record";
import { pause, type Saboteur } from "./handle.ts";

export const swapSaboteurs: readonly Saboteur[] = [
  {
    does: "says that a claim won, and writes nothing",
    breaks: ["first-swap-wins", "read-sees-won-swaps"],
    spoil: (methods, honest) => {
      methods.swap = async (swap) => (swap.expect === null ? { won: true } : honest.swap(swap));
    },
  },
  {
    does: "shows a row for a key that nobody claimed",
    breaks: ["unknown-key-is-null"],
    spoil: (methods, honest) => {
      let last: Row | null = null;
      const { swap } = methods;
      methods.swap = (it) => {
        last = it.next;
        return swap(it);
      };
      methods.read = async (key) => (await honest.read(key)) ?? (last === null ? null : { ...last, key });
    },
  },
  {
    does: "takes a claim of a taken key for an update",
    breaks: ["claim-of-taken-key-loses"],
    spoil: (methods, honest) => {
      const { swap } = methods;
      methods.swap = async (it) => swap({ ...it, expect: it.expect ?? (await honest.read(it.key))?.fence ?? null });
    },
  },
  {
    does: "hides the row in the way",
    breaks: ["claim-of-taken-key-loses", "wrong-fence-loses", "one-successor-wins"],
    spoil: (methods) => {
      const { swap } = methods;
      methods.swap = async (it) => ((await swap(it)).won ? { won: true } : { won: false, current: null });
    },
  },
  {
    does: "writes the doc and forgets the time",
    breaks: ["right-fence-wins", "due-follows-swaps"],
    spoil: (methods, honest) => {
      const { swap } = methods;
      methods.swap = async (it) => {
        const dueAt = (await honest.read(it.key))?.dueAt ?? it.next.dueAt;
        return swap({ ...it, next: { ...it.next, dueAt } });
      };
    },
  },
  {
    does: "ignores which fence a swap expects",
    breaks: ["wrong-fence-loses", "old-fence-never-wins"],
    spoil: (methods, honest) => {
      const { swap } = methods;
      methods.swap = async (it) => {
        const fence = (await honest.read(it.key))?.fence ?? null;
        return swap(it.expect === null || fence === null ? it : { ...it, expect: fence });
      };
    },
  },
  {
    does: "brings back a row that is gone",
    breaks: ["expected-row-is-gone", "dropped-key-is-fresh"],
    spoil: (methods, honest) => {
      const { swap } = methods;
      methods.swap = async (it) => swap((await honest.read(it.key)) === null ? { ...it, expect: null } : it);
    },
  },
  {
    does: "takes a repeated swap for a new victory",
    breaks: ["repeat-loses-to-itself"],
    spoil: (methods) => {
      const { swap } = methods;
      methods.swap = async (it) => {
        const swapped = await swap(it);
        return swapped.won || swapped.current?.fence !== it.next.fence ? swapped : { won: true };
      };
    },
  },
  {
    does: "lets any fence that the key ever had win",
    breaks: ["old-fence-never-wins"],
    spoil: (methods, honest) => {
      const past = new Set<Fence>();
      const { swap } = methods;
      methods.swap = async (it) => {
        past.add(it.next.fence);
        const fence = (await honest.read(it.key))?.fence ?? null;
        return swap(fence !== null && it.expect !== null && past.has(it.expect) ? { ...it, expect: fence } : it);
      };
    },
  },
  {
    does: "refuses a fence that is lower than the last",
    breaks: ["fence-is-kept"],
    spoil: (methods, honest) => {
      const { swap } = methods;
      methods.swap = async (it) => {
        const current = await honest.read(it.key);
        const isLower = current !== null && fenceClock(it.next.fence) < fenceClock(current.fence);
        return isLower ? { won: false, current } : swap(it);
      };
    },
  },
  {
    does: "mints fences of its own",
    breaks: ["fence-is-kept", "first-swap-wins"],
    spoil: (methods, honest) => {
      methods.read = async (key) => {
        const row = await honest.read(key);
        return row === null ? null : { ...row, fence: row.fence.replaceAll("f", "e") as Fence };
      };
    },
  },
  {
    does: "checks, and writes a moment later",
    breaks: ["one-claim-wins", "one-successor-wins", "swaps-form-a-chain"],
    spoil: (methods, honest) => {
      methods.swap = async (it) => {
        const current = await honest.read(it.key);
        if ((current?.fence ?? null) !== it.expect) return { won: false, current };
        await pause();
        const swapped = await honest.swap(it);
        if (swapped.won) return swapped;
        return honest.swap({ ...it, expect: swapped.current?.fence ?? null });
      };
    },
  },
  {
    does: "reads from a copy that lags behind",
    breaks: ["read-sees-won-swaps", "right-fence-wins", "equals-a-model"],
    spoil: (methods, honest) => {
      const copy = new Map<RecordKey, Row | null>();
      const { swap } = methods;
      methods.swap = async (it) => {
        copy.set(it.key, await honest.read(it.key));
        return swap(it);
      };
      methods.read = async (key) => copy.get(key) ?? honest.read(key);
    },
  },
  {
    does: "folds the case of keys",
    breaks: ["keys-are-independent"],
    spoil: (methods, honest) => {
      const fold = (key: RecordKey): RecordKey => key.toLowerCase() as RecordKey;
      methods.swap = (it) => honest.swap({ ...it, key: fold(it.key) });
      methods.read = async (key) => {
        const row = await honest.read(fold(key));
        return row === null ? null : { ...row, key };
      };
    },
  },
];
