import { PROFILES } from "@semel/core/record";
import type { RouteFields } from "./file.ts";

export const PROFILE_NAMES: readonly string[] = [...PROFILES.keys()];

/** What a profile brings for a route that does not say it, and the headers that it always adds. */
export type ProfileDefaults = Readonly<{
  fields: RouteFields;
  scopeHeaders: readonly string[];
  fingerprintHeaders: readonly string[];
}>;

/** null: there is no such profile. */
export function profileDefaults(name: string): ProfileDefaults | null {
  const profile = PROFILES.get(name);
  if (profile === undefined) return null;
  const { key, rows, scopeHeaders, fingerprintHeaders } = profile;
  return {
    fields: {
      key: {
        headers: [...key.headers],
        body: key.body,
        bytes: key.bytesMax,
        required: rows.missing.status !== "pass",
      },
    },
    scopeHeaders,
    fingerprintHeaders,
  };
}
