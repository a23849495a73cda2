import { memoryCache } from "@semel/core/cache/memory";
import type { Cache, Vault } from "@semel/core/record";
import { nodeVault } from "@semel/core/vault";
import { AnswerCache, type CacheCounts, noCounts } from "../../packages/gateway/src/flow/index.ts";
import { deflateAnswer, inflateAnswer } from "../../packages/gateway/src/http/answer-deflate.ts";
import { SECRETS } from "./harness.ts";

/** What the gateway makes of a cache; by default of one in memory, under the secrets of the harness. */
export function answersIn(
  cache: Cache = memoryCache(),
  vault: Vault = nodeVault(SECRETS),
  counts: CacheCounts = noCounts(),
): AnswerCache {
  return new AnswerCache({ cache, vault, deflate: deflateAnswer, inflate: inflateAnswer, counts });
}
