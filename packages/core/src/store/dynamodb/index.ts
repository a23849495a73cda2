export type { Place } from "./client.ts";
export { type Created, type CreateOptions, createTable } from "./create.ts";
export { type DynamodbStoreOptions, dynamodbStore } from "./open.ts";
export { type OpenCode, TableOpenError } from "./open-error.ts";
export type { DynamodbStore } from "./store.ts";
