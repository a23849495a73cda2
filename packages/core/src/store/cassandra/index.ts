export type { DriverOptions } from "./client.ts";
export { type CassandraMigrated, type CassandraMigrateOptions, migrateCassandra } from "./migrate.ts";
export { type CassandraStoreOptions, cassandraStore } from "./open.ts";
export { type CassandraOpenCode, CassandraOpenError } from "./open-error.ts";
export type { CassandraStore } from "./store.ts";
