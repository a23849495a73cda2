import { headerLines, type RawHeaders } from "@semel/core/http/protocol";

/** The most that a look-up waits: below what load balancers allow, and what a socket may be held for. */
const WAIT_MS_MAX = 30_000;
/** Waiting look-ups of one process: each reads the store about once a second. More are answered at once. */
const WAITERS_MAX = 256;
/** Payments take a few hundred milliseconds: looked at soon, then less and less often. */
const PAUSE_MS = 50;
const PAUSE_MS_MAX = 1_000;

/** One look-up's patience. */
export type Waiting = Readonly<{
  /** Pauses before another look; false: the time is over. */
  again: () => Promise<boolean>;
  /** Gives the place back. */
  leave: () => void;
}>;

/** Bounds how many look-ups wait at a time, and how long each does. */
export class WaitingRoom {
  #waiting = 0;

  /** As long as `Prefer: wait=N` asks for, and not after the client has gone. */
  enter(headers: RawHeaders, gone: AbortSignal): Waiting {
    const until = performance.now() + waitMs(headers);
    let pauseMs = PAUSE_MS;
    let inside = false;
    const again = async (): Promise<boolean> => {
      const leftMs = until - performance.now();
      if (leftMs <= 0 || gone.aborted || (!inside && this.#waiting >= WAITERS_MAX)) return false;
      if (!inside) this.#waiting += 1;
      inside = true;
      await pause(Math.min(pauseMs, leftMs), gone);
      pauseMs = Math.min(pauseMs * 1.5, PAUSE_MS_MAX);
      return !gone.aborted;
    };
    const leave = (): void => {
      if (inside) this.#waiting -= 1;
      inside = false;
    };
    return { again, leave };
  }
}

/** `Prefer: wait=N` (RFC 7240), in seconds. */
function waitMs(headers: RawHeaders): number {
  for (const line of headerLines(headers, "prefer")) {
    const wait = /(?:^|,)\s*wait=(\d{1,5})\s*(?:,|;|$)/.exec(line);
    if (wait !== null) return Math.min(Number(wait[1]) * 1_000, WAIT_MS_MAX);
  }
  return 0;
}

function pause(ms: number, gone: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const end = (): void => {
      clearTimeout(timer);
      gone.removeEventListener("abort", end);
      resolve();
    };
    const timer = setTimeout(end, ms);
    gone.addEventListener("abort", end);
  });
}
