import { SURVIVALS, type Survival } from "@semel/core/record";
import type { Reading } from "./reading.ts";
import { pathOf } from "./secret.ts";

export type StoreChoice = Readonly<{ kind: "memory" } | { kind: "sqlite"; path: string }>;

const DEFAULT = "sqlite:./semel.db";

/** Where records are kept. */
export function readStore(reading: Reading, text: string = DEFAULT): StoreChoice {
  if (text === "memory:") return { kind: "memory" };
  const [scheme, place] = split(text);
  if (scheme === "sqlite" && place !== "") return { kind: "sqlite", path: pathOf(reading, place) };
  const why = scheme === "sqlite" ? "needs a path, such as sqlite:./semel.db" : laterOr(scheme);
  reading.refuse(["store"], why);
  return { kind: "sqlite", path: "" };
}

function laterOr(scheme: string): string {
  const later = ["postgres", "postgresql", "dynamodb", "cassandra"].includes(scheme);
  const exist = "there are sqlite:PATH and memory:";
  return later ? `names ${scheme}, which is not in this version: ${exist}` : `is no store: ${exist}`;
}

/** `none` is all there is yet. */
export function refuseLater(reading: Reading, name: "cache" | "outbox", text: string | undefined): void {
  if (text === undefined || text === "none") return;
  reading.refuse([name], `names ${split(text)[0]}, which is not in this version: there is none`);
}

/** The most that a store of this kind can survive; what it does survive is measured when it is opened. */
export function mostSurvived(store: StoreChoice): Survival {
  return store.kind === "memory" ? "nothing" : "power-loss";
}

export function survives(most: Survival, required: Survival): boolean {
  return SURVIVALS.indexOf(required) <= SURVIVALS.indexOf(most);
}

function split(text: string): [scheme: string, place: string] {
  const colon = text.indexOf(":");
  return colon === -1 ? [text, ""] : [text.slice(0, colon), text.slice(colon + 1)];
}
