import type { Provider } from "./provider.ts";

/** "At least 24 hours": after that a key may be forgotten, and its request runs again. */
const WINDOW_MS = 24 * 60 * 60_000;

/** Stripe, API v1. */
export const STRIPE_PROVIDER: Provider = {
  name: "stripe",
  keyHeader: "idempotency-key",
  windowMs: WINDOW_MS,
  // Rate limits, authentication and most parameter checks answer before the idempotency layer does. A replay comes from
  // behind it: it is the answer of the first request that began, whatever its status.
  operationAnswered: (_, header) => header("idempotent-replayed")?.trim().toLowerCase() === "true",
  sources: [
    "docs.stripe.com/api/idempotent_requests: keys are kept for at least 24 hours; results are saved once an endpoint began to execute, 500 included",
    "docs.stripe.com/error-low-level#idempotency: what 401, 429 and 400 answer before the idempotency layer",
    "stripe-ruby, StripeError#idempotent_replayed?: Idempotent-Replayed marks an error that is replayed",
  ],
};
