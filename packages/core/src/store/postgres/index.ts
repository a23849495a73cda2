export { type Migrated, migratePostgres } from "./migrate.ts";
export { type PostgresStoreOptions, postgresStore } from "./open.ts";
export { type PostgresOpenCode, PostgresOpenError } from "./open-error.ts";
export type { PostgresStore } from "./store.ts";
