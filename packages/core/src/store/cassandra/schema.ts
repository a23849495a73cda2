/** What this program reads and writes. Raised when the tables change, by an addition that an older program can live with. */
export const SCHEMA = 1;
export const SCHEMA_FACT = "schema";

export const TABLES = ["records", "hints", "hint_buckets", "marks", "facts"] as const;

/**
 * Deleted hints are kept as long as Cassandra keeps the writes of a node that is down (max_hint_window, 3 h), no longer: one
 * that comes back does no harm, and ten days of tombstones would lie before every live hint.
 */
const HINT_GC_GRACE_SECONDS = 10_800;

/** The tables of a keyspace, each created only if it is not there. */
export function ddlOf(keyspace: string): readonly string[] {
  const create = (table: (typeof TABLES)[number]): string => `CREATE TABLE IF NOT EXISTS ${keyspace}.${table}`;
  return [
    // A key's row is what its partition has but once, its static columns; its entries are the partition's rows.
    `${create("records")} (key text, entry text, fence text static, due_at bigint static, doc blob static,
       epoch bigint, kind text, entry_doc blob, PRIMARY KEY (key, entry))`,
    `${create("hints")} (queue text, shard int, bucket bigint, look_at bigint, key text, fence text, due_at bigint,
       PRIMARY KEY ((queue, shard, bucket), look_at, key, fence)) WITH gc_grace_seconds = ${HINT_GC_GRACE_SECONDS}`,
    `${create("hint_buckets")} (queue text, bucket bigint, shard int, PRIMARY KEY (queue, bucket, shard))
       WITH gc_grace_seconds = ${HINT_GC_GRACE_SECONDS}`,
    `${create("marks")} (name text PRIMARY KEY, value bigint)`,
    `${create("facts")} (name text PRIMARY KEY, value text)`,
  ];
}
