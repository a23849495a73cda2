/** Servers that gateways can be run on here. Redis is a cache: the store beside it is a PostgreSQL. */
export const STORE_NAMES = ["postgres", "cassandra", "dynamodb", "redis"] as const;
export type StoreName = (typeof STORE_NAMES)[number];
