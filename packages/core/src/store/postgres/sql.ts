/** Every statement of the store but the batches of swaps and drops, which are functions in the database. */
export const SQL: Readonly<Record<"now" | "mark" | "read" | "due" | "take" | "ack" | "last" | "page", string>> = {
  now: "SELECT semel.now_ms($1) AS now",
  mark: "SELECT mark FROM semel.clock WHERE id = 1",
  read: "SELECT key, fence, due_at, doc FROM semel.record WHERE key = ANY ($1::text[])",
  due: `SELECT key, fence, due_at, doc FROM semel.record
    WHERE due_at <= $1 AND due_at < $2 AND key <> $3 ORDER BY due_at LIMIT $4`,
  take: "SELECT id, key, epoch, fence, kind, doc FROM semel.outbox ORDER BY id LIMIT $1",
  ack: "DELETE FROM semel.outbox WHERE id = ANY ($1::bigint[])",
  last: "SELECT last_value + 1 AS before FROM semel.record_id_seq",
  page: `SELECT id, key, fence, due_at, doc FROM semel.record
    WHERE id < $1 AND id >= $2 AND due_at BETWEEN $3 AND $4 AND key <> $5 ORDER BY id DESC LIMIT $6`,
};
