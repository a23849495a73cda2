import { ConditionalCheckFailedException, type DynamoDBClient } from "@aws-sdk/client-dynamodb";
import { StoreError } from "../../record/index.ts";
import { explain, faultOf } from "./fault.ts";
import type { Gate } from "./gate.ts";
import type { Item } from "./item.ts";

/** A table that splits a partition throttles for some tens of milliseconds; who still throttles then needs less to do. */
const TRIES_MAX = 3;
const PAUSE_MS = 25;

export type Send<T> = (client: DynamoDBClient) => Promise<T>;
/** `item`: what was in the way of a write whose condition did not hold, null: nothing is there. */
export type Written = Readonly<{ held: true }> | Readonly<{ held: false; item: Item | null }>;

/** Sends requests, and says of each that failed whether it may have been carried out. */
export class Requests {
  readonly #client: DynamoDBClient;
  readonly #gate: Gate;
  #gone = false;

  constructor(client: DynamoDBClient, gate: Gate) {
    this.#client = client;
    this.#gate = gate;
  }

  /** A read is tried again, whatever became of it. */
  async read<T>(send: Send<T>): Promise<T> {
    for (let tries = 1; ; tries += 1) {
      try {
        return await this.#send(send);
      } catch (error) {
        const fault = this.#judge(error);
        if (tries >= TRIES_MAX || fault === "refused" || fault === "gone")
          throw new StoreError("unavailable", `DynamoDB could not be read: ${explain(error)}`, { cause: error });
        await pause(tries);
      }
    }
  }

  /**
   * Only a write that was throttled or never left is tried again, for it was not carried out. The client makes no tries of its own: after one that timed
   * out, a second one that is refused would prove nothing of the first. What may have been carried out, its caller repeats.
   */
  async write(send: Send<unknown>, wanted?: () => boolean): Promise<Written> {
    for (let tries = 1; ; tries += 1) {
      try {
        await this.#send(send, wanted);
        return { held: true };
      } catch (error) {
        if (error instanceof ConditionalCheckFailedException) return { held: false, item: error.Item ?? null };
        const fault = this.#judge(error);
        if (fault === "busy" && tries < TRIES_MAX) await pause(tries);
        else throw failure(error, fault === "doubt" ? "in_doubt" : "unavailable");
      }
    }
  }

  async #send<T>(send: Send<T>, wanted?: () => boolean): Promise<T> {
    // What comes back under the name of a deleted table is another table, restored from a backup perhaps: this store knows
    // nothing of it, and would write its own marks into it.
    if (this.#gone) throw new StoreError("unavailable", "The table was deleted: start again when it is restored");
    return await this.#gate.pass(() => send(this.#client), wanted);
  }

  #judge(error: unknown): ReturnType<typeof faultOf> {
    if (error instanceof StoreError) throw error;
    const fault = faultOf(error);
    this.#gone ||= fault === "gone";
    return fault;
  }
}

function failure(error: unknown, code: StoreError["code"]): StoreError {
  const what = code === "in_doubt" ? "DynamoDB may have written" : "DynamoDB has not written";
  return new StoreError(code, `${what}: ${explain(error)}`, { cause: error });
}

function pause(tries: number): Promise<void> {
  return new Promise((resolve) => {
    setTimeout(resolve, PAUSE_MS * 2 ** tries * (0.5 + Math.random() / 2));
  });
}
