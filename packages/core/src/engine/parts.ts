import type { Policy, RecordKey, RecordStore, Reply, Vault } from "../record/index.ts";
import type { Clocks } from "./clocks.ts";
import type { Ask, Clock, Notify, Random, Send } from "./ports.ts";
import type { Purge } from "./purge.ts";

/** What every run of one process shares. */
export type Parts = Readonly<{
  store: RecordStore;
  vault: Vault;
  clock: Clock;
  random: Random;
  /** Of the history that is written to now. */
  epoch: () => number;
  /** Entries for the outbox are written only where a relay reads them. */
  publishes: boolean;
  purge: Purge;
  clocks: Clocks;
  isFresh: () => boolean;
  notify: Notify;
}>;

/** One command's surroundings: whose key, under which policy, and how to reach the upstream. */
export type Errand = Readonly<{
  key: RecordKey;
  policy: () => Policy;
  send: Send;
  /** Called when the sending is over: its place at the upstream is free again, whatever is still to be written. */
  sent?: () => void;
  ask: Ask;
  /** False once nobody waits for the claim: one that has not left for the store by then is not made. */
  wanted?: () => boolean;
  /** Called once, as soon as there is something to tell. The run may go on after it. */
  tell: (reply: Reply) => void;
  /** Called when the claim is known: durable, or answered by what is stored. */
  claimed?: (runs: boolean) => void;
}>;
