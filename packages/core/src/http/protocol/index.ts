export * from "./headers.ts";
export * from "./reply.ts";
