import { type Call, Engine, type Notice, type Random, type Send, type Sending, seenIn } from "@semel/core/engine";
import type { KeyRecord, Policy, RecordKey, Reply, Request, Said, Words } from "@semel/core/record";
import { memoryStore } from "@semel/core/store/memory";
import { nodeVault } from "@semel/core/vault";
import { LADDERS, POLICY } from "../kernel/cases.ts";
import { HandClock } from "./clock.ts";
import { FaultyStore } from "./faulty-store.ts";

export const MINUTE_MS = 60_000;
export const DAY_MS = 24 * 60 * MINUTE_MS;

export { POLICY };
/** It can be asked, and its "no" is final a minute after the last possible send. */
export const ASKING: Policy = { ...POLICY, ladder: LADDERS.ask };

const secret = (byte: number) => new Uint8Array(32).fill(byte);
export const VAULT = nodeVault({
  naming: secret(1),
  fingerprint: { current: "f1", keys: { f1: secret(2) } },
  sealing: { current: "s1", keys: { s1: secret(3) } },
});

export type Options = Readonly<{ policy?: Policy; docBytesMax?: number }>;
export type Asking = Partial<Pick<Call, "waitMs" | "waitersPerKey" | "slot">> & Readonly<{ body?: string }>;

/** An engine on clocks that are moved by hand, a store that fails as told, and an upstream that says what it is told. */
export class World {
  readonly clock: HandClock = new HandClock();
  readonly store: FaultyStore;
  readonly notices: Notice[] = [];
  readonly engine: Engine;
  policy: Policy;
  /** Which keys were asked about, and when. */
  readonly questions: Readonly<{ key: RecordKey; atMs: number }>[] = [];
  says: (key: RecordKey) => Promise<Said> = async () => ({ kind: "unknown", note: "nobody knows" });
  /** Places at the upstream that are taken now. */
  taken = 0;

  constructor({ policy = POLICY, docBytesMax }: Options = {}) {
    this.policy = policy;
    const wallClock = () => this.clock.now();
    this.store = new FaultyStore(memoryStore({ wallClock, ...(docBytesMax === undefined ? {} : { docBytesMax }) }));
    this.engine = new Engine({
      store: this.store,
      vault: VAULT,
      clock: this.clock,
      random: counting(),
      epoch: () => 1,
      publishes: false,
      notify: (notice) => this.notices.push(notice),
      policyOf: () => this.policy,
      ask: async (key) => {
        this.questions.push({ key, atMs: this.clock.monotonicMs() });
        return await this.says(key);
      },
    });
  }

  handle(name: string, send: Send, { body = "a payment", ...more }: Asking = {}): Promise<Reply> {
    const asked = { waitMs: 0, waitersPerKey: 32, slot: this.#slot(), ...more };
    return this.engine.handle({ key: keyOf(name), request: requestOf(name, body), send, ...asked });
  }

  shadow(name: string, send: Send): Promise<Reply> {
    return this.engine.shadow({ key: keyOf(name), request: requestOf(name, "a payment"), send });
  }

  async record(name: string): Promise<KeyRecord> {
    const row = await this.store.rowOf(keyOf(name));
    if (row === null) throw new Error(`There is no row of ${name}`);
    return seenIn(row).record;
  }

  async exists(name: string): Promise<boolean> {
    return (await this.store.rowOf(keyOf(name))) !== null;
  }

  heard(notice: Notice["notice"]): number {
    return this.notices.filter((one) => one.notice === notice).length;
  }

  #slot(): Call["slot"] {
    let mine = false;
    return {
      take: () => {
        this.taken += 1;
        mine = true;
        return true;
      },
      release: () => {
        if (mine) this.taken -= 1;
        mine = false;
      },
    };
  }
}

export function keyOf(name: string): RecordKey {
  return name.padEnd(43, "_") as RecordKey;
}

export function requestOf(name: string, body: string): Request {
  return {
    identity: { route: "POST /payments", account: "shop", profile: "ietf" },
    fingerprint: (scheme) => ({ scheme: scheme ?? "f1.raw.1", digest: body }),
    secrets: { clear: { clientKey: name, upstreamKey: name, vars: {} } },
  };
}

const FINAL: Words = { notSuspect: "final", suspect: "final" };
const NO_EFFECT: Words = { notSuspect: "noEffect", suspect: "ambiguous" };

/** A bank that takes payments, and counts them. */
export class Bank {
  charges = 0;

  /** Charges, if it may, and answers at once. */
  readonly pay: Send = async ({ mayStart }) => {
    if (!mayStart()) return { event: "unsent", note: "too late" };
    this.charges += 1;
    return answered(201, FINAL, new Uint8Array([1]));
  };

  /** Charges, and answers with so many bytes. */
  answering(bytes: number): Send {
    return async (sending) => {
      await this.pay(sending);
      return answered(201, FINAL, new Uint8Array(bytes));
    };
  }

  /** Charges, and answers when it is told to. */
  held(): Readonly<{ send: Send; answer: () => void }> {
    const { promise, resolve } = Promise.withResolvers<void>();
    const send: Send = async (sending) => {
      const sent = await this.pay(sending);
      await promise;
      return sent;
    };
    return { send, answer: resolve };
  }
}

/** Proves that nothing happened. */
export const refuses: Send = async ({ mayStart }) => {
  mayStart();
  return answered(429, NO_EFFECT, new Uint8Array());
};

/** The connection falls after the first byte. */
export const breaks: Send = async ({ mayStart }: Sending) => {
  mayStart();
  return { event: "ambiguous", note: "connection reset" };
};

function answered(status: number, words: Words, body: Uint8Array): Awaited<ReturnType<Send>> {
  const sense = status < 400 ? "success" : "failure";
  const outcome = { sense, status, source: "upstream", digest: "digest" } as const;
  return { event: "answered", words, outcome, answer: { clear: { status, headers: [], body } } };
}

export function yes(bytes: number): Said {
  const outcome = { sense: "success", status: 201, source: "asked", digest: "digest" } as const;
  return { kind: "yes", outcome, answer: { clear: { status: 201, headers: [], body: new Uint8Array(bytes) } } };
}

/** Digits that no two writes share, the same in every run; jitter in the middle of its range. */
function counting(): Random {
  let count = 0;
  return {
    fenceDigits: () => (++count).toString(16).padStart(20, "0"),
    fraction: () => 0.5,
  };
}
