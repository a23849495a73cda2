import { nodeVault } from "@semel/core/vault";
import type { LoadedConfig } from "./config/index.ts";
import type { AnswerCache } from "./flow/index.ts";
import { keepNames } from "./keep-names.ts";
import { openCache } from "./open-cache.ts";
import { openStore, refuseWeakStore } from "./open-store.ts";
import { type Opened, type Running, serve } from "./serve.ts";
import { StartError } from "./start-error.ts";
import { openLog } from "./telemetry/log.ts";
import { watchOf } from "./watch-authority.ts";
import { systemClock } from "./world.ts";

export type { Running };

export type StartOptions = Readonly<{
  /** How long to wait for another process that still owns the store. */
  waitLockMs: number;
  /** Where logs go: a file's path, or null for standard error. */
  logTo: string | null;
}>;

/** Brings up a checked configuration: store, authority, gateway, admin. What cannot work is refused before it listens. */
export async function startSemel(config: LoadedConfig, options: StartOptions): Promise<Running> {
  if (config.secrets === null) {
    throw new StartError(
      "secrets_missing",
      "The configuration has no secrets: add the section `secrets` (see the README).",
    );
  }
  if (config.admin.tokens.length === 0) {
    const advice =
      "add `admin: { tokens: [{ name: ana, role: operator, secret: … }] }` with a secret of yours, made with: openssl rand -base64 32";
    throw new StartError(
      "admin_tokens_missing",
      `The configuration has no admin token, and nobody could settle doubt: ${advice}.`,
    );
  }
  const vault = nodeVault(config.secrets);
  const log = openLog({ level: "info", file: options.logTo });
  const opened = await openStore(config.store, options.waitLockMs);
  let cache: AnswerCache | null = null;
  try {
    refuseWeakStore(config.routes, opened.store);
    const losses: Opened["losses"] = { tell: () => {} };
    const watch = await watchOf(config, opened.store, vault, (loss) => losses.tell(loss));
    await keepNames(config, watch);
    cache = await openCache(config.cache, vault, log.say);
    const storeAheadMs = (await opened.store.now()) - systemClock.now();
    return await serve(config, { ...opened, watch, losses, vault, cache, log, storeAheadMs });
  } catch (error) {
    await cache?.close();
    await opened.store.close();
    await log.close();
    throw error;
  }
}
