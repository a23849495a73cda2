import { GENERIC, type Provider } from "./provider.ts";
import { STRIPE_PROVIDER } from "./stripe.ts";

/** Every provider by its name in the configuration. */
export const PROVIDERS: ReadonlyMap<string, Provider> = new Map(
  [GENERIC, STRIPE_PROVIDER].map((provider) => [provider.name, provider]),
);
