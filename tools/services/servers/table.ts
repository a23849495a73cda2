import { lacksFor } from "../java/needs.ts";
import { placeOf } from "../presence.ts";
import { CASSANDRA, cassandraUrl, startCassandra } from "./cassandra.ts";
import { cassandraAnswers } from "./cassandra-cql.ts";
import { DYNAMODB, dynamodbAnswers, dynamodbUrl, startDynamodb } from "./dynamodb.ts";
import { KAFKA, kafkaAnswers, kafkaUrl, startKafka } from "./kafka.ts";
import { postgresAnswers, postgresUrl, startPostgres } from "./postgres.ts";
import { postgresFolder } from "./postgres-programs.ts";
import { redisAnswers, redisUrl, startRedis } from "./redis.ts";
import type { Ground, Server } from "./server.ts";

export type ServerName = "postgres" | "redis" | "dynamodb" | "cassandra" | "cassandra3" | "kafka";

/** A server that stays up from one command to another. */
export type ServerKind = Readonly<{
  name: ServerName;
  purpose: string;
  /** Whether it comes up without being named: what costs much does not. */
  isUsual: boolean;
  /** Packages of Debian that it still lacks. */
  lacks: () => readonly string[];
  /** Where its container of compose.yaml serves; null: it has none. */
  containerUrl: ((port: number) => string) | null;
  start: (ground: Ground) => Promise<Server>;
  /** Whether it serves: a real question in its own protocol. */
  answers: (url: string) => Promise<boolean>;
}>;

export const SERVERS: readonly ServerKind[] = [
  {
    name: "postgres",
    purpose: "a store",
    isUsual: true,
    lacks: () => (postgresFolder() === null ? ["postgresql"] : []),
    containerUrl: postgresUrl,
    start: startPostgres,
    answers: postgresAnswers,
  },
  {
    name: "redis",
    purpose: "a cache",
    isUsual: true,
    lacks: () => (placeOf("redis-server") === null ? ["redis-server"] : []),
    containerUrl: redisUrl,
    start: startRedis,
    answers: redisAnswers,
  },
  {
    name: "dynamodb",
    purpose: "a store: DynamoDB Local",
    isUsual: true,
    lacks: () => lacksFor(DYNAMODB),
    containerUrl: dynamodbUrl,
    start: startDynamodb,
    answers: dynamodbAnswers,
  },
  {
    name: "cassandra",
    purpose: "a store: one node",
    isUsual: true,
    lacks: () => lacksFor(CASSANDRA),
    containerUrl: cassandraUrl,
    start: startCassandra,
    answers: cassandraAnswers,
  },
  {
    name: "cassandra3",
    purpose: "three nodes, of which one can be lost",
    isUsual: false,
    lacks: () => lacksFor(CASSANDRA),
    // Its nodes are killed and paused alone, as processes.
    containerUrl: null,
    start: (ground) => startCassandra({ ...ground, nodes: 3 }),
    answers: cassandraAnswers,
  },
  {
    name: "kafka",
    purpose: "what events are relayed to",
    isUsual: false,
    lacks: () => lacksFor(KAFKA),
    containerUrl: kafkaUrl,
    start: startKafka,
    answers: kafkaAnswers,
  },
];

export function serverNamed(name: ServerName): ServerKind {
  return SERVERS.find((kind) => kind.name === name)!;
}
