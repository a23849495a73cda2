import { PROBLEMS } from "@semel/core/record";

/** One problem as its page explains it. */
export type Explained = Readonly<{ name: string; code: string; title: string; happened: string; advice: string }>;

/** Problems of the gateway itself, outside of any profile: those of http/respond.ts, of flow/flow.ts and of these pages. */
const OWN: readonly Explained[] = [
  {
    name: "account-unknown",
    code: "account_unknown",
    title: "The account is unknown",
    happened:
      "The request carries an idempotency key but no account that the gateway knows. Nothing was sent or stored.",
    advice: "Send the credential of your account, exactly once.",
  },
  {
    name: "bad-target",
    code: "bad_target",
    title: "The request target is malformed",
    happened: "The request line holds more than a path and a query. Nothing was done.",
    advice: "Send the path and query only.",
  },
  {
    name: "bad-framing",
    code: "bad_framing",
    title: "The request's framing is refused",
    happened:
      "Where the request begins or ends can be read in two ways, or is coded in an unknown one. Nothing was sent.",
    advice: "Send one Host, and one Content-Length or the transfer coding chunked.",
  },
  {
    name: "request-too-large",
    code: "request_too_large",
    title: "The request is too large",
    happened: "The body is larger than the operation allows. Nothing was sent.",
    advice: "Send a smaller body. The limits of each operation are in the published policy.",
  },
  {
    name: "upstream-unreachable",
    code: "upstream_unreachable",
    title: "The upstream gave no answer",
    happened: "A request without a key was passed on and got no answer. It may have taken effect.",
    advice: "Look the payment up before sending it again; send payments with an idempotency key.",
  },
  {
    name: "stopping",
    code: "stopping",
    title: "The gateway is stopping",
    happened: "A request without a key came while the gateway was going down. Nothing was sent.",
    advice: "Send it again: another process answers.",
  },
  {
    name: "internal",
    code: "internal",
    title: "Internal error",
    happened: "The gateway met an error of its own. The request may have taken effect.",
    advice: "Send it again with the same key. Do not use a new key: that could pay twice.",
  },
  {
    name: "run-unknown",
    code: "run_unknown",
    title: "The run is unknown",
    happened: "No request of this account is known under this run or key.",
    advice: "Check the account, the operation and the key. A key past its horizon is not known any more.",
  },
  {
    name: "operation-unknown",
    code: "operation_unknown",
    title: "The operation is unknown",
    happened: "Semel-Operation names no operation of the published policy.",
    advice: "Send the operation as the published policy writes it.",
  },
  {
    name: "method-not-allowed",
    code: "method_not_allowed",
    title: "The method is not allowed",
    happened: "This page of the gateway is for reading. Nothing was done.",
    advice: "Use GET or HEAD.",
  },
];

/** Every problem by the last segment of its type. */
export const EXPLAINED: ReadonlyMap<string, Explained> = new Map(
  [...Object.values(PROBLEMS), ...OWN].map(({ name, code, title, happened, advice }) => [
    name,
    { name, code, title, happened, advice },
  ]),
);
