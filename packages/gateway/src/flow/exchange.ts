import type { RawHeaders } from "@semel/core/http/protocol";
import type { Upstream } from "./route.ts";

/** A client's request, read whole: the claim waits for the last byte. */
export type Incoming = Readonly<{
  method: string;
  /** Origin form: path and query, as they came. */
  target: string;
  headers: RawHeaders;
  body: Uint8Array;
  /** True once the client's connection is closed. */
  gone?: () => boolean;
}>;

/** What the client gets. `rest`: bytes of an answer too large to be kept, still coming from the upstream. */
export type Outgoing = Readonly<{
  status: number;
  headers: RawHeaders;
  body: Uint8Array;
  rest: AsyncIterable<Uint8Array> | null;
}>;

/** A request on its way upstream. Framing, `Host` and `Accept-Encoding` are the sender's to set. */
export type Forwarding = Readonly<{
  method: string;
  target: string;
  headers: RawHeaders;
  body: Uint8Array;
  /** Whatever has not begun by then is unsent. */
  startWithinMs: number;
  /** From the first byte to the destruction of the socket. */
  deadlineMs: number;
  answerBytesMax: number;
  /** Asked immediately before the first byte. Once it has said yes, nothing is retried. */
  mayStart: () => boolean;
}>;

export type Forwarded =
  /** Proved: not one byte left. */
  | Readonly<{ kind: "unsent"; note: string }>
  /** Perhaps sent, and no whole answer. */
  | Readonly<{ kind: "broken" | "timeout"; note: string }>
  | Readonly<{
      kind: "answered";
      status: number;
      headers: RawHeaders;
      body: Uint8Array;
      /** The answer went over the cap: what is still to come. */
      rest: AsyncIterable<Uint8Array> | null;
    }>;

/** Sends one request and buffers its answer. Never throws. */
export type Forward = (upstream: Upstream, request: Forwarding) => Promise<Forwarded>;
