import type { Vault } from "@semel/core/record";
import type { LoadedConfig } from "./config/index.ts";
import { AnswerCache, noCounts } from "./flow/index.ts";
import { deflateAnswer, inflateAnswer } from "./http/answer-deflate.ts";
import { withClient } from "./open-store.ts";

/**
 * Opens what the configuration names; null: nothing. A cache that is down is no reason not to start: `say` is told of it, and
 * whenever that changes.
 */
export async function openCache(
  choice: LoadedConfig["cache"],
  vault: Vault,
  say: (text: string) => void,
): Promise<AnswerCache | null> {
  if (choice.kind === "none") return null;
  const { redisCache } = await withClient("@redis/client", () => import("@semel/core/cache/redis"), "cache");
  const counts = noCounts();
  const cache = await redisCache({
    url: choice.url,
    failed: (how) => {
      counts[how === "timeout" ? "timeouts" : "errors"] += 1;
    },
    changed: (state, why) => say(state === "open" ? `the cache is not asked: ${why}` : "the cache is asked again"),
  });
  return new AnswerCache({ cache, vault, deflate: deflateAnswer, inflate: inflateAnswer, counts });
}

/** What is wrong with the cache at the start, and may mend itself. */
export function cacheWarnings(cache: AnswerCache | null): readonly string[] {
  if (cache?.state() !== "open") return [];
  return ["The cache does not answer: replays of other processes are read from the store until it does."];
}
