/** The kinds of upstream that Semel promises different things for, each with a gateway and a bank of its own. */
export const KINDS = ["repeat", "ask", "neither", "both"] as const;
export type Kind = (typeof KINDS)[number];

/** Times are as short as they may be, so that keys settle within the run: a real route has a deadline of 30 s. */
export const SEND_WITHIN_MS = 500;
export const DEADLINE_MS = 1_000;
const SETTLE_MS = 1_000;
/** sendWithin + deadline + margin (5 s) + skew (5 s): nobody takes over from a dead holder before. */
export const TAKEOVER_MS: number = SEND_WITHIN_MS + DEADLINE_MS + 5_000 + 5_000;
/**
 * Where both rungs are there, keys must leave the window in the run. 30 s less the margins (7.5 s) let a key that a dead
 * holder left be repeated for some ten seconds; after that it is asked about.
 */
const SHORT_WINDOW_S = 30;

const ASK = `ask:
        settleAfter: ${SETTLE_MS}ms
        get: /payments?key={upstreamKey}
        effect: { status: 200, present: /data/0 }
        noEffect: { status: 200, absent: /data/0 }
        answer: { status: 201, body: /data/0 }`;

type Upstream = Readonly<{
  bank: readonly string[];
  /** A bank that does not keep what is declared of it: with it, a run must find second effects, or it is blind. */
  lyingBank: readonly string[];
  recover: string;
  /** Nothing is left to find out with: doubt is legal. */
  doubtAllowed: boolean;
}>;

export const UPSTREAMS: Readonly<Record<Kind, Upstream>> = {
  repeat: {
    bank: ["--honour-keys", "--window", "24h"],
    lyingBank: ["--honour-keys", "--window", "100ms"],
    recover: "repeat: { window: 24h }",
    doubtAllowed: false,
  },
  ask: { bank: [], lyingBank: ["--ask-delay", "5m"], recover: ASK, doubtAllowed: false },
  neither: { bank: [], lyingBank: [], recover: "{}", doubtAllowed: true },
  both: {
    bank: ["--honour-keys", "--window", `${SHORT_WINDOW_S}s`],
    lyingBank: ["--honour-keys", "--window", "100ms", "--ask-delay", "5m"],
    recover: `repeat: { window: ${SHORT_WINDOW_S}s }\n      ${ASK}`,
    doubtAllowed: false,
  },
};
