import type { RecordKey } from "@semel/core/record";
import { randomName } from "../store/rows.ts";

/** `timed`: names that begin with the time of their key, as those of UUIDv7 may. */
export type Names = "random" | "timed";

/** Hex digits of the time in ms: enough until the year 2527. */
const TIME_DIGITS = 11;

export function keyOf(names: Names, ms: number): RecordKey {
  const name = randomName();
  if (names === "random") return name;
  return (ms.toString(16).padStart(TIME_DIGITS, "0") + name.slice(TIME_DIGITS)) as RecordKey;
}
