/** What a wire can do to the requests on it, besides carrying them. */
export const WIRE_FAULTS = ["delay", "slice", "reset", "blackHole", "halfOpen", "dropAnswer"] as const;
export type WireFault = (typeof WIRE_FAULTS)[number];

/** What one connection does, drawn when it is accepted, and again when it has lived through that. */
export type Weather = Readonly<{
  fault: WireFault | null;
  /** Requests of this connection that are carried unharmed before the fault strikes: connections are kept alive. */
  fairRequests: number;
  delayMs: number;
  sliceBytes: number;
  /** Where a reset strikes: the request is lost, or cut in the middle, or its answer is. */
  resetAt: "request" | "insideRequest" | "insideAnswer";
}>;

export const FAIR: Weather = { fault: null, fairRequests: 0, delayMs: 0, sliceBytes: 0, resetAt: "request" };

export type Shares = Readonly<Record<WireFault, number>>;

/** Between clients and a gateway a connection carries one request, so these are shares of requests too. */
export const CLIENT_SHARES: Shares = {
  delay: 0.06,
  slice: 0.06,
  reset: 0.06,
  blackHole: 0.015,
  halfOpen: 0.03,
  dropAnswer: 0.06,
};

/** Between a gateway and its bank connections are kept, and each draw is for some requests. */
export const BANK_SHARES: Shares = {
  delay: 0.15,
  slice: 0.15,
  reset: 0.15,
  blackHole: 0.04,
  halfOpen: 0.1,
  dropAnswer: 0.15,
};

/** On 8 requests of a kept connection nothing happens, at most: more would make faults rare. */
const FAIR_REQUESTS_MAX = 8;
/**
 * No request may be held longer than the bank's declared settlement time (1 s): beyond it the wire would break an
 * assumption of the promise, and prove nothing. 300 ms leave room for a machine that is busy.
 */
const DELAY_MS_MAX = 300;
/** A request of some 500 bytes in pieces of 60 and more, 20 ms apart: 170 ms. */
const SLICE_BYTES_MIN = 60;
const RESETS = ["request", "insideRequest", "insideAnswer"] as const;

/** Draws the same numbers for every connection, so that one connection's luck does not shift the next one's. */
export function drawWeather(random: () => number, shares: Shares): Weather {
  const [dice, fair, delay, slice, reset] = [random(), random(), random(), random(), random()];
  return {
    fault: faultAt(dice, shares),
    fairRequests: Math.floor(fair * (FAIR_REQUESTS_MAX + 1)),
    delayMs: 20 + Math.floor(delay * (DELAY_MS_MAX - 20)),
    sliceBytes: SLICE_BYTES_MIN + Math.floor(slice * SLICE_BYTES_MIN),
    resetAt: RESETS[Math.floor(reset * RESETS.length)]!,
  };
}

function faultAt(dice: number, shares: Shares): WireFault | null {
  let reached = 0;
  for (const fault of WIRE_FAULTS) {
    reached += shares[fault];
    if (dice < reached) return fault;
  }
  return null;
}
