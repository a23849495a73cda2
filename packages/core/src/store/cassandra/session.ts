import type { Client, QueryOptions, types } from "cassandra-driver";
import { StoreError } from "../../record/index.ts";
import { readFailure, swapFailure, wordsOf } from "./failure.ts";
import { endClient } from "./hosts.ts";
import type { Scope } from "./scope.ts";

export type Cells = readonly unknown[];
export type Answer = types.Row;

/**
 * Cassandra gives a swap up after cas_contention_timeout and write_request_timeout, 3.8 s by default, and says so. Waiting
 * the driver's 12 s would tell us later, and no more.
 */
const ANSWER_MS_MAX = 4_000;
/** The driver would otherwise stamp plain writes with this process's clock; the nodes' agree better. */
const NODES_STAMP = null as unknown as number;

/** The four ways to ask, each with its consistency. Nothing is ever repeated or sent twice. */
export class Session {
  readonly #client: Client;
  readonly #scope: Scope;

  constructor(client: Client, scope: Scope) {
    this.#client = client;
    this.#scope = scope;
  }

  /** Sees what was acknowledged, but may miss a swap that Paxos has yet to finish. */
  async read(cql: string, cells: Cells): Promise<readonly Answer[]> {
    return this.#read(cql, cells, this.#scope.quorum);
  }

  /** Finishes what Paxos left open, and then sees every swap that was won before. */
  async readSerial(cql: string, cells: Cells): Promise<readonly Answer[]> {
    return this.#read(cql, cells, this.#scope.serial);
  }

  /** A plain write, never of the records. */
  async write(cql: string, cells: Cells): Promise<void> {
    try {
      await this.#execute(cql, cells, { consistency: this.#scope.quorum });
    } catch (error) {
      throw new StoreError("in_doubt", `Cassandra did not say that it wrote: ${wordsOf(error)}`, { cause: error });
    }
  }

  /** The answer's first row: `[applied]`, and where that is false the columns of its conditions, if there is a row at all. */
  async swap(cql: string, cells: Cells): Promise<Answer> {
    const { quorum, serial } = this.#scope;
    try {
      const rows = await this.#execute(cql, cells, { consistency: quorum, serialConsistency: serial });
      return rows[0] as Answer;
    } catch (error) {
      throw swapFailure(error);
    }
  }

  async end(): Promise<void> {
    await endClient(this.#client);
  }

  async #read(cql: string, cells: Cells, consistency: number): Promise<readonly Answer[]> {
    try {
      return await this.#execute(cql, cells, { consistency });
    } catch (error) {
      throw readFailure(error);
    }
  }

  async #execute(cql: string, cells: Cells, options: QueryOptions): Promise<readonly Answer[]> {
    const { rows } = await this.#client.execute(cql, [...cells], {
      ...options,
      prepare: true,
      isIdempotent: false,
      readTimeout: ANSWER_MS_MAX,
      timestamp: NODES_STAMP,
      // The driver would page by itself, and cut what a LIMIT lets through; each statement has a limit of its own.
      fetchSize: 0,
    });
    return rows ?? [];
  }
}

export function isApplied(answer: Answer): boolean {
  return answer["[applied]"] === true;
}

/** A bigint column. All of ours are instants, ages and small numbers, below 2^53. */
export function numberOf(cell: unknown): number {
  return Number(cell);
}
