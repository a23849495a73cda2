import { IETF } from "./ietf.ts";
import type { Profile } from "./profile.ts";
import { STRIPE } from "./stripe.ts";

export * from "./ietf.ts";
export * from "./profile.ts";
export * from "./situation.ts";
export * from "./stripe.ts";

/** Every profile by its name in the configuration. */
export const PROFILES: ReadonlyMap<string, Profile> = new Map([IETF, STRIPE].map((profile) => [profile.name, profile]));
