import type { Situation } from "./profile/situation.ts";

/** The values of `Idempotency-Status`. */
export type StatusWord =
  | "fresh"
  | "replayed"
  | "recovered"
  | "conflict"
  | "mismatch"
  | "pending"
  | "in-doubt"
  | "expired"
  | "unavailable"
  | "ignored";

/** One kind of problem, as its page explains it. `name` and `code` never change: clients and bookmarks hold them. */
export type ProblemText = Readonly<{
  /** The last segment of the problem's type, and of its page's address. */
  name: string;
  code: string;
  title: string;
  happened: string;
  advice: string;
  /** null: there is no key whose status could be told. */
  word: StatusWord | null;
}>;

/** The titles of `missing`, `mismatch` and `conflict` are those of the IETF draft, section 2.7. */
export const PROBLEMS: Readonly<Record<Situation, ProblemText>> = {
  missing: {
    name: "key-missing",
    code: "key_missing",
    title: "Idempotency-Key is missing",
    happened: "This operation needs an idempotency key, and the request has none. Nothing was done.",
    advice: "Send a new key, such as a UUID, with each payment, and the same key with each retry of it.",
    word: null,
  },
  malformed: {
    name: "malformed",
    code: "malformed",
    title: "Idempotency-Key or body is malformed",
    happened: "The idempotency key, or what is compared under it, cannot be read. Nothing was done.",
    advice: "Correct the request and send it again.",
    word: null,
  },
  mismatch: {
    name: "mismatch",
    code: "mismatch",
    title: "Idempotency-Key is already used",
    happened: "An earlier request with this idempotency key had another content. This request was not carried out.",
    advice: "Send a retry exactly as the first request was sent; send a new payment with a new key.",
    word: "mismatch",
  },
  conflict: {
    name: "conflict",
    code: "conflict",
    title: "A request is outstanding for this Idempotency-Key",
    happened: "An earlier request with this idempotency key is still being carried out.",
    advice: "Wait, then send this request again with the same key: it gets the answer of the first.",
    word: "conflict",
  },
  pending: {
    name: "pending",
    code: "pending",
    title: "The outcome is not known yet",
    happened: "The first request with this idempotency key may have taken effect, and its outcome is being found out.",
    advice: "Wait, then send this request again with the same key. Do not use a new key: that could pay twice.",
    word: "pending",
  },
  inDoubt: {
    name: "in-doubt",
    code: "in_doubt",
    title: "The outcome is in doubt",
    happened:
      "The first request with this idempotency key may have taken effect, and nothing is left that tells by itself.",
    advice:
      "Do not send it again, least of all with a new key: that could pay twice. An operator or reconciliation settles it.",
    word: "in-doubt",
  },
  expired: {
    name: "expired",
    code: "expired",
    title: "The answer is no longer kept",
    happened: "An earlier request had this idempotency key, and what is kept of it is past its retention.",
    advice: "Look the payment up before anything else. Send a new payment with a new key.",
    word: "expired",
  },
  notRetained: {
    name: "not-retained",
    code: "not_retained",
    title: "The answer was not kept",
    happened: "A request with this idempotency key was carried out, and its answer was not kept for replay.",
    advice: "Look the payment up before anything else. Send a new payment with a new key.",
    word: "expired",
  },
  erased: {
    name: "erased",
    code: "erased",
    title: "The answer was erased",
    happened: "What was kept under this idempotency key was erased, or never known here. The key stays used.",
    advice: "Look the payment up before anything else. Send a new payment with a new key.",
    word: "expired",
  },
  unavailable: {
    name: "unavailable",
    code: "unavailable",
    title: "The request cannot be protected right now",
    happened:
      "This request was not carried out, because it could not have been protected against being carried out twice.",
    advice: "Wait, then send it again with the same key.",
    word: "unavailable",
  },
  upstreamAmbiguous: {
    name: "upstream-ambiguous",
    code: "upstream_ambiguous",
    title: "The answer of the payment service does not tell the outcome",
    happened: "The request was sent and may have taken effect, but the answer broke off, or proves nothing.",
    advice: "Send it again with the same key. Do not use a new key: that could pay twice.",
    word: "pending",
  },
  upstreamTimeout: {
    name: "upstream-timeout",
    code: "upstream_timeout",
    title: "The payment service did not answer in time",
    happened: "The request was sent and may have taken effect, but no answer came before the deadline.",
    advice: "Send it again with the same key. Do not use a new key: that could pay twice.",
    word: "pending",
  },
};
