import { Door } from "./door.ts";
import { type FaultHooks, Faults } from "./faults.ts";
import { HonouredKeys } from "./keys.ts";
import { type LedgerView, openLedger } from "./ledger.ts";
import { seededRandom } from "./random.ts";
import { type Desk, serve } from "./serve.ts";

export type { LedgerCount } from "./count.ts";
export type { Effect, EffectKind, Payment, Refund } from "./effect.ts";
export type { FaultHooks, FaultTarget } from "./faults.ts";
export type { Filter, LedgerView } from "./ledger.ts";
export { seededRandom } from "./random.ts";

const DAY_MS = 24 * 60 * 60 * 1000;

export type BankOptions = Readonly<{
  /** 0, the default, picks a free one. Always on 127.0.0.1. */
  port?: number;
  /** Where ledger.jsonl is kept; without it the ledger is in memory. One bank at a time. */
  dataDir?: string | null;
  /** Deduplicate on Idempotency-Key; by default keys are noted and ignored. */
  honourKeys?: boolean;
  /** How long a key is honoured, from its first receipt. */
  windowMs?: number;
  /** How long a new effect is hidden from GET /payments?key=…&ref=…, and from nothing else. */
  askDelayMs?: number;
  /** Before every effect. */
  slowMs?: number;
  /** The share of POST and PATCH whose socket is destroyed: half before the effect, half after it. */
  dropRate?: number;
  random?: () => number;
  /** Milliseconds since 1970. */
  now?: () => number;
  headersTimeoutMs?: number;
  requestTimeoutMs?: number;
  /** Told of an error that nobody foresaw, such as a full disk. By default it ends the process. */
  onError?: (error: unknown) => void;
}>;

export type Bank = Readonly<{
  url: string;
  port: number;
  ledger: LedgerView;
  faults: FaultHooks;
  /** Lets running requests end, for five seconds at most; what has not taken effect by then never will. */
  close(): Promise<void>;
}>;

export async function createBank(options: BankOptions = {}): Promise<Bank> {
  const settings = { ...defaults(), ...options };
  const door: Door = new Door(settings, async (request, response) => {
    const opened = await desk.catch(() => null);
    if (opened) await serve({ desk: opened, request, response });
    else response.destroy();
  });
  // The port is taken before the ledger is opened, so that a second bank by mistake never touches the file.
  const listening = door.open(settings.port);
  const desk = listening.then(() => openDesk(settings, door));
  const { ledger, faults } = await desk.catch(async (error: unknown) => {
    await door.close();
    throw error;
  });
  const port = await listening;
  let closed: Promise<void> | null = null;
  const close = () => {
    closed ??= door.close().then(() => ledger.close());
    return closed;
  };
  return { url: `http://127.0.0.1:${port}`, port, ledger, faults, close };
}

async function openDesk(settings: Required<BankOptions>, door: Door): Promise<Desk> {
  const { now, askDelayMs, windowMs, dataDir } = settings;
  const ledger = await openLedger(dataDir);
  const keys = settings.honourKeys ? new HonouredKeys(windowMs) : null;
  for (const effect of ledger.effects) keys?.restore(effect);
  return { ledger, keys, now, askDelayMs, faults: new Faults(settings), pause: door.pause };
}

function defaults(): Required<BankOptions> {
  return {
    port: 0,
    dataDir: null,
    honourKeys: false,
    windowMs: DAY_MS,
    askDelayMs: 0,
    slowMs: 0,
    dropRate: 0,
    random: seededRandom(1),
    now: Date.now,
    headersTimeoutMs: 10_000,
    requestTimeoutMs: 30_000,
    onError: raise,
  };
}

function raise(error: unknown): void {
  setImmediate(() => {
    throw error;
  });
}
