import type { Times } from "../store/slot.ts";
import { cassandraNaivePairs, cassandraPairs } from "./cassandra.ts";
import { dynamodbNaivePairs, dynamodbPairs } from "./dynamodb.ts";
import { postgresNaivePairs, postgresPairs } from "./postgres.ts";

/** Makes the claim and the completion of a new key, one after the other, each acknowledged; `close` removes what was made. */
export type Pairs = Readonly<{ pair: () => Promise<void>; close: () => Promise<void> }>;

/** What is measured, by name; each takes the server's address, and makes tables of its own. */
export const PAIRS = {
  postgres: postgresPairs,
  "naive postgres": postgresNaivePairs,
  dynamodb: dynamodbPairs,
  "naive dynamodb": dynamodbNaivePairs,
  cassandra: cassandraPairs,
  "naive cassandra": cassandraNaivePairs,
} as const;

export type PairsName = keyof typeof PAIRS;
export type PairsSlot = Times & Readonly<{ name: PairsName; url: string; callers: number }>;
