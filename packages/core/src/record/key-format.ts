import type { Instant } from "./instant.ts";

/** What an operator may demand of the keys of a route. */
export const KEY_FORMATS = ["any", "uuid", "uuidv7", "ulid"] as const;
export type KeyFormat = (typeof KEY_FORMATS)[number];

const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i;
/** The nil and the max UUID: what a variable holds that nobody has set. */
const SAME_FOR_ALL = /^[0-]*$|^[f-]*$/i;
const UUID_V7 = /^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/i;

const CROCKFORD = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";
const ULID = /^[0-7][0-9A-HJKMNP-TV-Z]{25}$/i;
const ULID_TIME_DIGITS = 10;

/** null: the key has the format. */
export function checkFormat(key: string, format: KeyFormat): Readonly<{ why: string }> | null {
  switch (format) {
    case "any":
      return null;
    case "uuid":
      if (!UUID.test(key))
        return { why: "This route takes a UUID as idempotency key, such as crypto.randomUUID() gives." };
      return SAME_FOR_ALL.test(key)
        ? { why: "This UUID is the same for everybody. Make a new one for each payment." }
        : null;
    case "uuidv7":
      return UUID_V7.test(key) ? null : { why: "This route takes a UUID of version 7 (RFC 9562) as idempotency key." };
    case "ulid":
      return ULID.test(key) ? null : { why: "This route takes a ULID, 26 characters, as idempotency key." };
    default:
      return format satisfies never;
  }
}

/** When the client minted the key, by its own clock; null where the format carries no time. */
export function mintedAt(key: string, format: KeyFormat): Instant | null {
  if (format === "uuidv7" && UUID_V7.test(key)) {
    return Number.parseInt(key.slice(0, 8) + key.slice(9, 13), 16) as Instant;
  }
  if (format !== "ulid" || !ULID.test(key)) return null;
  let ms = 0;
  for (const digit of key.slice(0, ULID_TIME_DIGITS).toUpperCase()) ms = ms * 32 + CROCKFORD.indexOf(digit);
  return ms as Instant;
}
