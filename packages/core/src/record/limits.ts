/** Every limit of the kernel, with its reason. What a user may move is in the configuration; these are its defaults and bounds. */

/** Longest idempotency key. Stripe's limit, and the longest of the providers we surveyed but PayPal's 1,000. */
export const KEY_BYTES_MAX: number = 255;

/** Largest request body. Payment requests are some KB; more is a file upload and does not belong on a keyed route. */
export const REQUEST_BYTES_MAX: number = 1024 * 1024;

/** Largest stored answer. A larger one is completed as *not retained*: a later retry is told the fact and a digest. */
export const ANSWER_BYTES_MAX: number = 1024 * 1024;

/** Most header lines of a request or a stored answer: providers send 20 to 30. */
export const HEADERS_MAX: number = 64;

/** Transitions kept in a record: a payment has 2, one that was recovered about 10. Older ones become a count and a digest. */
export const HISTORY_MAX: number = 32;

/** Open attempts of one key, about 90 bytes each. A client that retries every minute fills it in an hour; a full list refuses claims. */
export const OPEN_ATTEMPTS_MAX: number = 64;

/** Requests that may wait for one key in one process, and for all keys. A client opens a handful of connections. */
export const WAITERS_PER_KEY_MAX: number = 32;
export const WAITERS_MAX: number = 10_000;

/** From before the claim is submitted to the first byte upstream. A claim takes milliseconds; more means a sick store. */
export const SEND_WITHIN_MS: number = 2_000;

/** From the first byte upstream to the destruction of its socket. Providers answer within 20 s or say 5xx. */
export const DEADLINE_MS: number = 30_000;

/** Between the deadline and the end of the lease: time to write the completion. */
export const LEASE_MARGIN_MS: number = 5_000;

/** The most that two clocks may differ. NTP keeps hosts within 100 ms; 5 s is fifty times that. */
export const SKEW_MS: number = 5_000;

/** How long an upstream that declares no `settleAfter` may still execute after our socket is gone. */
export const LAG_UNDECLARED_MS: number = 60_000;

/** How long a swap of unknown fate is repeated. The shortest horizon is ten times as long, so that none can land after its row was dropped. */
export const SWAP_REPEAT_MS: number = 5 * 60_000;

/** Retention and horizon: providers keep keys 24 h (Stripe) to 31 days (Adyen). */
export const RETAIN_MS: number = 24 * 60 * 60_000;
export const HORIZON_MS: number = 30 * 24 * 60 * 60_000;

/** Asking again: first after 1 s, then twice as long each time, up to 5 min, so that an outage of hours costs hundreds of questions. */
export const ASK_BACKOFF_MS: number = 1_000;
export const ASK_BACKOFF_MS_MAX: number = 5 * 60_000;

/** When doubt is reported if nothing says otherwise: after the first possible send, per the best rung. */
export const DOUBT_AFTER_REPEAT_MS: number = 60 * 60_000;
export const DOUBT_AFTER_ASK_MS: number = 15 * 60_000;

/** What a client is told to wait when nobody knows better. Short: a payment's answer is usually a second away. */
export const RETRY_AFTER_MS: number = 1_000;
