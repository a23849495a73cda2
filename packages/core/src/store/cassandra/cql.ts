/** Every statement, on the tables of one keyspace. */
export type Cql = ReturnType<typeof cqlOf>;

/**
 * Rules of `records`, which Paxos gives no second chance to keep:
 * - Every write of it is conditional. A plain write beside conditional ones has a timestamp that no ballot knows of, and may win
 *   over a swap that was acknowledged after it.
 * - No USING TIMESTAMP: the ballot is the timestamp.
 * - No TTL. It would delete whatever the row has become, on no fence, and cell by cell: a row without its doc.
 *
 * A lost condition shows the columns that it names, and no others. So each swap names all three: who loses sees the row in
 * its way without another read. `= null` also holds where the partition is not there at all; `= ?` never does.
 */
export function cqlOf(keyspace: string): Record<CqlName, string> {
  const [records, hints, buckets] = [`${keyspace}.records`, `${keyspace}.hints`, `${keyspace}.hint_buckets`];
  const [marks, facts] = [`${keyspace}.marks`, `${keyspace}.facts`];
  const set = `UPDATE ${records} SET fence = ?, due_at = ?, doc = ? WHERE key = ?`;
  const claim = `${set} IF fence = null AND due_at = null AND doc = null`;
  const replace = `${set} IF fence = ? AND due_at != null AND doc != null`;
  const publish = `INSERT INTO ${records} (key, entry, epoch, kind, entry_doc) VALUES (?, ?, ?, ?, ?)`;
  const place = "WHERE queue = ? AND shard = ? AND bucket = ?";
  return {
    read: `SELECT fence, due_at, doc FROM ${records} WHERE key = ? LIMIT 1`,
    claim,
    replace,
    // One partition and one condition on it: row and entry are one proposal, agreed on or not.
    claimAndPublish: `BEGIN BATCH ${claim}; ${publish}; APPLY BATCH`,
    replaceAndPublish: `BEGIN BATCH ${replace}; ${publish}; APPLY BATCH`,
    // The static cells only: entries that were not acknowledged are rows of the same partition, and stay.
    drop: `DELETE fence, due_at, doc FROM ${records} WHERE key = ? IF fence = ?`,
    readEntry: `SELECT epoch, kind, entry_doc FROM ${records} WHERE key = ? AND entry = ?`,
    removeEntry: `DELETE FROM ${records} WHERE key = ? AND entry = ? IF EXISTS`,
    scan: `SELECT token(key) AS at, key, entry, fence, due_at FROM ${records} WHERE token(key) > ? LIMIT ?`,
    hint: `INSERT INTO ${hints} (queue, shard, bucket, look_at, key, fence, due_at) VALUES (?, ?, ?, ?, ?, ?, ?)`,
    unhint: `DELETE FROM ${hints} ${place} AND look_at = ? AND key = ? AND fence = ?`,
    hints: `SELECT look_at, key, fence, due_at, WRITETIME(due_at) AS written FROM ${hints} ${place} AND look_at >= ? AND look_at <= ? LIMIT ?`,
    register: `INSERT INTO ${buckets} (queue, bucket, shard) VALUES (?, ?, ?)`,
    unregister: `DELETE FROM ${buckets} WHERE queue = ? AND bucket = ? AND shard = ?`,
    places: `SELECT bucket, shard FROM ${buckets} WHERE queue = ? AND (bucket, shard) > (?, ?) AND (bucket, shard) <= (?, ?) LIMIT ?`,
    serverTime: "SELECT toUnixTimestamp(now()) AS now FROM system.local",
    readMark: `SELECT value FROM ${marks} WHERE name = ?`,
    mark: `INSERT INTO ${marks} (name, value) VALUES (?, ?)`,
    // The value is its own timestamp, so the highest one wins, whoever writes it and whenever it arrives.
    raiseMark: `INSERT INTO ${marks} (name, value) VALUES (?, ?) USING TIMESTAMP ?`,
    readFact: `SELECT value FROM ${facts} WHERE name = ?`,
    stateFact: `INSERT INTO ${facts} (name, value) VALUES (?, ?) IF NOT EXISTS`,
  };
}

type CqlName =
  | "read"
  | "claim"
  | "replace"
  | "claimAndPublish"
  | "replaceAndPublish"
  | "drop"
  | "readEntry"
  | "removeEntry"
  | "scan"
  | "hint"
  | "unhint"
  | "hints"
  | "register"
  | "unregister"
  | "places"
  | "serverTime"
  | "readMark"
  | "mark"
  | "raiseMark"
  | "readFact"
  | "stateFact";
