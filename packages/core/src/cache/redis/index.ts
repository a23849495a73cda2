export { type RedisCacheOptions, redisCache } from "./open.ts";
