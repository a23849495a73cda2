import type { Client } from "pg";
import { StoreError } from "../../record/index.ts";

/** Which history a server has. `timeline`: what every write says of the history that it was decided by. */
export type Place = Readonly<{ id: string; timeline: string }>;

/**
 * A cluster has one identifier for its life, a timeline that changes with every promotion and every recovery from a backup, and
 * databases with numbers of their own: one that was dropped and filled again from a dump has another. What none of them shows
 * is a disk that was set back to a snapshot: that is for an operator to declare.
 */
const LOOK = `SELECT (SELECT system_identifier FROM pg_control_system())::text AS system,
  CASE WHEN pg_is_in_recovery() THEN NULL ELSE substr(pg_walfile_name(pg_current_wal_insert_lsn()), 1, 8) END AS timeline,
  (SELECT oid FROM pg_database WHERE datname = current_database())::text AS database`;

type Seen = Readonly<{ system: string; timeline: string | null; database: string }>;

/** Which history this connection leads to; null: to a standby, that has none of its own. */
export async function placeOf(client: Client): Promise<Place | null> {
  const { rows } = await client.query<Seen>(LOOK);
  const { system, timeline, database } = rows[0]!;
  return timeline === null ? null : { id: `${system}/${timeline}/${database}`, timeline };
}

/** The history that whoever uses this store was told of last. No other one is written into. */
export class Known {
  #place: Place;

  constructor(place: Place) {
    this.#place = place;
  }

  get id(): string {
    return this.#place.id;
  }

  get timeline(): string {
    return this.#place.timeline;
  }

  /** Whoever decides by what it knows must first be told that history is another one. */
  check(place: Place): void {
    if (place.id === this.#place.id) return;
    const message = `The server's history is ${place.id} and was ${this.#place.id}: a failover or a restore may have lost some of it`;
    throw new StoreError("unavailable", message);
  }

  tell(place: Place): void {
    this.#place = place;
  }
}
