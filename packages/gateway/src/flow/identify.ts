import { headerLines } from "@semel/core/http/protocol";
import type { Vault } from "@semel/core/record";
import type { Incoming } from "./exchange.ts";
import type { Accounts } from "./route.ts";

/** Whose key it is; null: nobody that we know, and nothing may be stored or replayed for them. */
export function identify(request: Incoming, accounts: Accounts, vault: Vault): string | null {
  if (accounts.kind === "single") return "";
  const lines = headerLines(request.headers, accounts.header);
  const [value] = lines;
  if (lines.length !== 1 || value === undefined || value === "") return null;
  if (accounts.kind === "map") return accounts.accounts.get(value) ?? null;
  // Records and operators show accounts in the clear: a credential must not be read there.
  return accounts.kind === "credential" ? vault.digest(`credential\n${value}`) : value;
}
