import type { StoreClause } from "./clause.ts";
import { authorityClauses } from "./clauses/authority.ts";
import { docClauses } from "./clauses/doc.ts";
import { dueClauses } from "./clauses/due.ts";
import { lifeClauses } from "./clauses/life.ts";
import { modelClauses } from "./clauses/model.ts";
import { outboxClauses } from "./clauses/outbox.ts";
import { pageClauses } from "./clauses/page.ts";
import { swapClauses } from "./clauses/swap.ts";

export type { CacheClause, CacheFixture } from "./cache-clause.ts";
export { ContractError, NotOffered, type OpenedStore, type StoreClause, type StoreFixture } from "./clause.ts";
export { cacheClauses } from "./clauses/cache.ts";
export { checkClause, seededRandom, type Verdict } from "./run.ts";

/** All that a store must keep. */
export const storeClauses: readonly StoreClause[] = [
  ...swapClauses,
  ...docClauses,
  ...dueClauses,
  ...outboxClauses,
  ...authorityClauses,
  ...pageClauses,
  ...lifeClauses,
  ...modelClauses,
];
