import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import type { Gateway } from "../gateway.ts";

/** What gateways say of these events in their logs. */
const SAID = {
  lossHeard: "history may be lost: a quarantine covers it",
  incident: "incident",
  failure: "failure",
  unreadable: "unreadable row",
} as const;
export type Said = keyof typeof SAID;

/** The lines of one gateway's log, of all its processes, that tell of this. */
export function saidBy({ place }: Gateway, what: Said): readonly string[] {
  const log = join(place.folder, "semel.log");
  if (!existsSync(log)) return [];
  return readFileSync(log, "utf8")
    .split("\n")
    .filter((line) => line.endsWith(`"msg":"${SAID[what]}"}`));
}
