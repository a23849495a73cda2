import { type StoreDesk, storeBodies } from "@semel/gateway";
import { distance, table } from "../keys/text.ts";

type LossBody = Readonly<{ since: string; until: string; endsAt: string; why: string }>;

/** What of the admin API's answers is shown. Its full description: GET /api/openapi.json. */
export type StoreBody = Readonly<{
  name: string;
  survives: string;
  linearizable: boolean;
  now: string;
  aheadMs: number;
  identity: string;
  epoch: number;
  lineage: string | null;
  keptUntil: string | null;
  quarantines: readonly LossBody[];
}>;
export type Fenced = Readonly<{ loss: LossBody }>;
export type Pruned = Readonly<{ visited: number; done: boolean }>;

/** What the admin API would say, of a store that was opened without a gateway. */
export async function asBody(
  act: "status" | "fence" | "prune",
  loss: Readonly<{ lostSince: string; reason: string }> | null,
  desk: StoreDesk,
): Promise<object> {
  switch (act) {
    case "status":
      return storeBodies.status(await desk.status());
    case "fence":
      return storeBodies.fenced(await desk.fence(storeBodies.instant(loss!.lostSince), loss!.reason));
    case "prune":
      return storeBodies.pruned(await desk.prune());
    default:
      return act satisfies never;
  }
}

export function toldStatus(store: StoreBody, now: number): string {
  const facts = [
    ["store", store.name],
    [
      "survives",
      `${store.survives.replace("-", " ")}${store.linearizable ? "" : ", and is NOT one truth for everybody"}`,
    ],
    ["its clock", `${store.now}, ${store.aheadMs} ms ahead of the machine that asked`],
    ["identity", `${store.identity}, epoch ${store.epoch}`],
    ["history", store.lineage ?? "(the engine cannot tell: a loss must be declared with `semel store fence`)"],
    ...(store.keptUntil === null ? [] : [["kept until", `${store.keptUntil}, ${distance(store.keptUntil, now)}`]]),
  ];
  const open = store.quarantines.filter(({ endsAt }) => Date.parse(endsAt) >= now);
  if (open.length === 0) return `${table(facts)}\n\nNothing of its history is known to be lost.`;
  const losses = open.map(({ since, endsAt, why }) => [
    `since ${since}`,
    `until ${endsAt}, ${distance(endsAt, now)}`,
    why,
  ]);
  return `${table(facts)}\n\nwhat may be lost\n${table(losses).replaceAll(/^/gm, "  ")}`;
}

export function toldFenced({ loss }: Fenced, now: number): string {
  const { since, until, endsAt } = loss;
  return [
    `Declared: history since ${since} may be lost.`,
    `Until ${until}, ${distance(until, now)}, and a few seconds more, new payments wait: every process must hear of it first.`,
    `Until ${endsAt}, ${distance(endsAt, now)}, a key that the store does not know climbs its route's ladder: it is repeated or asked for,`,
    "and without a rung it is in doubt (`unknownHistory` of the route). Stored answers are replayed all the while.",
  ].join("\n");
}

export function toldPruned({ visited, done }: Pruned): string {
  const rows = `${visited} ${visited === 1 ? "row was" : "rows were"} visited`;
  return done
    ? `Done: ${rows}, and nothing more is due.`
    : `${rows} in 20 s, and more are due: run it again, or leave it to the gateway.`;
}
