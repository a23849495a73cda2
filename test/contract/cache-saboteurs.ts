import { memoryCache } from "@semel/core/cache/memory";
import type { CacheFixture } from "@semel/core/contract";
import { after, type Cache, type Instant, NEVER, type RecordKey } from "@semel/core/record";

export type CacheMethods = { -readonly [M in keyof Cache]: Cache[M] };

/** A fault put into a cache, and the clauses that name it. `spoil` changes some methods; `honest` is what is below. */
export type CacheSaboteur = Readonly<{
  does: string;
  breaks: readonly string[];
  spoil: (methods: CacheMethods, honest: Cache) => void;
}>;

/** Small, so that a value over the limit is cheap. */
const VALUE_BYTES_MAX = 8_192;
const START = 1_800_000_000_000;

/** A cache in memory with one fault in it, and with a clock that moves when somebody sleeps. */
export function sabotagedCache({ spoil }: Pick<CacheSaboteur, "spoil">): CacheFixture {
  let wall = START;
  const honest = memoryCache({ valueBytesMax: VALUE_BYTES_MAX, wallClock: () => wall });
  const methods = handleOn(honest);
  spoil(methods, honest);
  return {
    open: async () => methods,
    now: () => wall as Instant,
    sleep: async (ms) => {
      wall += ms;
    },
    valueBytesMax: VALUE_BYTES_MAX,
    remove: () => honest.close(),
  };
}

export const cacheSaboteurs: readonly CacheSaboteur[] = [
  {
    does: "keeps nothing",
    breaks: ["put-then-get", "largest-value"],
    spoil: (methods) => {
      methods.put = async () => {};
    },
  },
  {
    does: "gives a value once",
    breaks: ["put-then-get"],
    spoil: (methods, honest) => {
      methods.get = async (key) => {
        const found = await honest.get(key);
        await honest.drop(key);
        return found;
      };
    },
  },
  {
    does: "cannot count up to NEVER",
    breaks: ["put-then-get"],
    spoil: (methods, honest) => {
      methods.put = (key, sealed, until) => honest.put(key, sealed, until === NEVER ? (0 as Instant) : until);
    },
  },
  {
    does: "takes an unknown key for an empty value",
    breaks: ["unknown-is-null", "drop-forgets"],
    spoil: (methods, honest) => {
      methods.get = async (key) => (await honest.get(key)) ?? new Uint8Array();
    },
  },
  {
    does: "keeps the first value of a key",
    breaks: ["put-replaces"],
    spoil: (methods, honest) => {
      methods.put = async (key, sealed, until) => {
        if ((await honest.get(key)) === null) await honest.put(key, sealed, until);
      };
    },
  },
  {
    does: "keeps the first time of a key",
    breaks: ["put-replaces"],
    spoil: (methods, honest) => {
      const first = new Map<RecordKey, Instant>();
      methods.put = (key, sealed, until) => {
        if (!first.has(key)) first.set(key, until);
        return honest.put(key, sealed, first.get(key)!);
      };
    },
  },
  {
    does: "returns a value once more when its time is over",
    breaks: ["past-is-never-returned"],
    spoil: (methods, honest) => {
      methods.put = (key, sealed, until) => honest.put(key, sealed, after(until, 1));
    },
  },
  {
    does: "keeps a value for as long as it likes",
    breaks: ["until-is-kept", "late-put-ends", "past-is-never-returned"],
    spoil: (methods, honest) => {
      methods.put = (key, sealed) => honest.put(key, sealed, NEVER);
    },
  },
  {
    does: "drops nothing",
    breaks: ["drop-forgets"],
    spoil: (methods) => {
      methods.drop = async () => {};
    },
  },
  {
    does: "never takes a dropped key again",
    breaks: ["drop-forgets"],
    spoil: (methods, honest) => {
      const dropped = new Set<RecordKey>();
      methods.drop = (key) => {
        dropped.add(key);
        return honest.drop(key);
      };
      methods.put = async (key, sealed, until) => {
        if (!dropped.has(key)) await honest.put(key, sealed, until);
      };
    },
  },
  {
    does: "keeps what was put after a drop for ever",
    breaks: ["late-put-ends"],
    spoil: (methods, honest) => {
      const dropped = new Set<RecordKey>();
      methods.drop = (key) => {
        dropped.add(key);
        return honest.drop(key);
      };
      methods.put = (key, sealed, until) => honest.put(key, sealed, dropped.has(key) ? NEVER : until);
    },
  },
  mangler("takes values for text", ["values-are-bytes"], (value) =>
    new TextEncoder().encode(new TextDecoder().decode(value)),
  ),
  mangler("takes an empty value for none", ["values-are-bytes"], (value) => (value.length === 0 ? null : value)),
  mangler("cuts a large value", ["largest-value"], (value) => value.subarray(0, 4_096)),
  {
    does: "keeps the caller's own bytes",
    breaks: ["values-are-copied"],
    spoil: (methods, honest) => {
      const values = new Map<RecordKey, Uint8Array>();
      methods.put = (key, sealed, until) => {
        values.set(key, sealed);
        return honest.put(key, sealed, until);
      };
      methods.get = async (key) => ((await honest.get(key)) === null ? null : (values.get(key) ?? null));
    },
  },
  {
    does: "lends its own bytes",
    breaks: ["values-are-copied"],
    spoil: (methods, honest) => {
      const lent = new Map<RecordKey, Uint8Array | null>();
      methods.get = async (key) => {
        if (!lent.has(key)) lent.set(key, await honest.get(key));
        return lent.get(key)!;
      };
    },
  },
  renamer("does not tell capitals from small letters", ["keys-are-apart"], (key) => key.toLowerCase()),
  renamer("looks at the beginning of a key", ["keys-are-apart", "concurrent-calls"], (key) => key.slice(0, 1)),
  {
    does: "drops all for one key",
    breaks: ["keys-are-apart"],
    spoil: (methods, honest) => {
      const put = new Set<RecordKey>();
      methods.put = (key, sealed, until) => {
        put.add(key);
        return honest.put(key, sealed, until);
      };
      methods.drop = async () => {
        for (const key of put) await honest.drop(key);
      };
    },
  },
  {
    does: "gives to one who asks what another asked for",
    breaks: ["concurrent-calls"],
    spoil: (methods, honest) => {
      let waiting: RecordKey[] = [];
      methods.get = async (key) => {
        waiting.push(key);
        await Promise.resolve();
        const asked = waiting;
        waiting = [];
        return await honest.get(asked.at(-1) ?? key);
      };
    },
  },
  {
    does: "keeps the half of a value that is too large",
    breaks: ["oversize-is-not-kept"],
    spoil: (methods, honest) => {
      methods.put = (key, sealed, until) => honest.put(key, sealed.subarray(0, VALUE_BYTES_MAX), until);
    },
  },
  {
    does: "rejects what is too large",
    breaks: ["oversize-is-not-kept"],
    spoil: (methods, honest) => {
      methods.put = async (key, sealed, until) => {
        if (sealed.length > VALUE_BYTES_MAX) throw new RangeError("The value is too large");
        await honest.put(key, sealed, until);
      };
    },
  },
  {
    does: "says that it is open while it answers",
    breaks: ["works-while-closed"],
    spoil: (methods) => {
      methods.state = () => "open";
    },
  },
  {
    does: "rejects what comes after the close",
    breaks: ["closing-never-rejects"],
    spoil: (methods, honest) => {
      let isClosed = false;
      methods.close = async () => {
        isClosed = true;
      };
      methods.get = async (key) => {
        if (isClosed) throw new Error("The client is closed");
        return honest.get(key);
      };
    },
  },
  {
    does: "goes on after the close",
    breaks: ["closing-never-rejects"],
    spoil: (methods) => {
      methods.close = async () => {};
    },
  },
];

function handleOn(honest: Cache): CacheMethods {
  return {
    name: "sabotaged",
    get: (key) => honest.get(key),
    put: (key, sealed, until) => honest.put(key, sealed, until),
    drop: (key) => honest.drop(key),
    state: () => honest.state(),
    close: () => honest.close(),
  };
}

/** Spoils what is got. */
function mangler(
  does: string,
  breaks: readonly string[],
  mangle: (value: Uint8Array) => Uint8Array | null,
): CacheSaboteur {
  const spoil = (methods: CacheMethods, honest: Cache): void => {
    methods.get = async (key) => {
      const found = await honest.get(key);
      return found === null ? null : mangle(found);
    };
  };
  return { does, breaks, spoil };
}

/** Takes a key for another. */
function renamer(does: string, breaks: readonly string[], rename: (key: RecordKey) => string): CacheSaboteur {
  const spoil = (methods: CacheMethods, honest: Cache): void => {
    methods.get = (key) => honest.get(rename(key) as RecordKey);
    methods.put = (key, sealed, until) => honest.put(rename(key) as RecordKey, sealed, until);
    methods.drop = (key) => honest.drop(rename(key) as RecordKey);
  };
  return { does, breaks, spoil };
}
