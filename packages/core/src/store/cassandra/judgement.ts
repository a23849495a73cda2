import type { Guarantees, Survival } from "../../record/index.ts";
import { CassandraOpenError } from "./open-error.ts";

/** What one node says of itself in system_views.settings; null: it did not answer. */
export type Settings = Readonly<{ [name: string]: string | null }> | null;
export const SETTINGS_READ = [
  "commitlog_segment_size",
  "commitlog_sync",
  "max_mutation_size",
  "paxos_state_purging",
  "paxos_variant",
  "user_timestamps_enabled",
] as const;

/** `warnings`: what an operator should know or change, in whole sentences. */
export type Judgement = Readonly<{ guarantees: Guarantees; warnings: readonly string[] }>;

/**
 * Room for the largest answer that the kernel keeps (1 MiB), its headers and the record's head. A swap and its entry of 7 MiB
 * each were still taken by Cassandra 5.0.8 with its default limits, at 270 ms; at 2 MiB it takes 70 ms.
 */
const DOC_BYTES_MAX = 2 * 1024 * 1024;
/** A record's head with its history, and a short answer. With less, payments would complete and hardly ever be kept. */
const DOC_BYTES_MIN = 64 * 1024;
/** Keys, fences and framing beside the two docs of one mutation; Paxos keeps a proposal as one mutation too. */
const MUTATION_OVERHEAD_BYTES = 64 * 1024;
/** Cassandra's own default, assumed of a node that does not say: 32 MiB of log segment, half of it for one mutation. */
const MUTATION_BYTES_DEFAULT = 16 * 1024 * 1024;
/** With three, two agree, and one may be lost for good. */
const REPLICAS_FOR_NODE_LOSS = 3;
/** Variants that give up linearizability for one round trip less end with this. */
const LOOSE_VARIANT = /without_linearizable/;

type Seen = Readonly<{ replicas: number; durableWrites: boolean; nodes: readonly Settings[] }>;

/** What a keyspace on these nodes guarantees. The weakest node decides. Throws CassandraOpenError. */
export function judge({ replicas, durableWrites, nodes }: Seen): Judgement {
  const all = (name: string): (string | null)[] => nodes.map((node) => node?.[name] ?? null);
  refuseLoose(all("paxos_variant"));
  if (all("user_timestamps_enabled").includes("false")) {
    const message = "user_timestamps_enabled is false, and the store's clock needs them: set it to true on every node";
    throw new CassandraOpenError("bad_settings", message);
  }
  const synced = all("commitlog_sync").every((sync) => sync === "batch" || sync === "group");
  const survives = survivalOf({ replicas, durableWrites, synced });
  const docBytesMax = Math.min(DOC_BYTES_MAX, ...nodes.map(docBytesOf));
  refuseSmall(docBytesMax);
  return {
    guarantees: { linearizable: true, survives, docBytesMax },
    warnings: [
      ...nodeWarnings(nodes),
      ...variantWarnings(all("paxos_variant"), all("paxos_state_purging"), replicas),
      ...survivalWarnings({ replicas, durableWrites, synced }),
    ],
  };
}

type Kept = Readonly<{ replicas: number; durableWrites: boolean; synced: boolean }>;

function survivalOf({ replicas, durableWrites, synced }: Kept): Survival {
  if (!durableWrites) return "nothing";
  if (replicas >= REPLICAS_FOR_NODE_LOSS) return "node-loss";
  return synced ? "power-loss" : "process-crash";
}

/** A swap's mutation holds the doc and its entry's, which is as large at most. */
export function docBytesOf(node: Settings): number {
  const segment = bytesOf(node?.["commitlog_segment_size"]);
  const mutation = bytesOf(node?.["max_mutation_size"]) ?? (segment === null ? MUTATION_BYTES_DEFAULT : segment / 2);
  return Math.floor((mutation - MUTATION_OVERHEAD_BYTES) / 2);
}

/** "32MiB", as the settings have it. */
export function bytesOf(text: string | null | undefined): number | null {
  const [, count, unit] = /^(\d+)(B|KiB|MiB|GiB)$/.exec(text ?? "") ?? [];
  if (count === undefined) return null;
  return Number(count) * 1024 ** ["B", "KiB", "MiB", "GiB"].indexOf(unit as string);
}

function refuseLoose(variants: readonly (string | null)[]): void {
  const loose = variants.find((variant) => variant !== null && LOOSE_VARIANT.test(variant));
  if (loose === undefined) return;
  const message = `A node has paxos_variant ${loose}, whose losers may have won: set paxos_variant: v2 on every node`;
  throw new CassandraOpenError("not_linearizable", message);
}

function refuseSmall(docBytesMax: number): void {
  if (docBytesMax >= DOC_BYTES_MIN) return;
  const message = `max_mutation_size leaves ${docBytesMax} bytes for a doc, and ${DOC_BYTES_MIN} are needed: raise it on every node`;
  throw new CassandraOpenError("bad_settings", message);
}

function nodeWarnings(nodes: readonly Settings[]): string[] {
  const silent = nodes.filter((node) => node === null).length;
  if (silent === 0) return [];
  return [`${silent} of ${nodes.length} nodes did not tell their settings: they are taken for the weakest there are.`];
}

function variantWarnings(
  variants: readonly (string | null)[],
  purgings: readonly (string | null)[],
  replicas: number,
): string[] {
  if (variants.some((variant) => variant !== "v2")) {
    return [
      "paxos_variant is not v2 on every node: a swap takes four round trips, and none is linearizable across a change of the ring.",
    ];
  }
  if (replicas === 1 || purgings.every((purging) => purging === "repaired")) return [];
  return [
    "paxos_state_purging is not repaired on every node: run paxos repair, then set it, or swaps are not linearizable across a change of the ring.",
  ];
}

function survivalWarnings({ replicas, durableWrites, synced }: Kept): string[] {
  const found: string[] = [];
  if (!durableWrites) found.push("durable_writes is false: ALTER KEYSPACE, or a restart loses payments.");
  if (replicas < REPLICAS_FOR_NODE_LOSS) {
    found.push(`Replicas: ${replicas}. With one node gone, nothing is swapped; three are the least for payments.`);
  }
  if (!synced) {
    found.push(
      "commitlog_sync is periodic: a power loss of most replicas of a row at once loses what they acknowledged in their last period.",
    );
  }
  return found;
}
