import { headerLines } from "@semel/core/http/protocol";
import type { Incoming } from "./exchange.ts";
import type { Accounts } from "./route.ts";

/** Whose key it is; null: nobody that we know, and nothing may be stored or replayed for them. */
export function identify(request: Incoming, accounts: Accounts): string | null {
  if (accounts.kind === "single") return "";
  const lines = headerLines(request.headers, accounts.header);
  const [value] = lines;
  if (lines.length !== 1 || value === undefined || value === "") return null;
  return accounts.kind === "map" ? (accounts.accounts.get(value) ?? null) : value;
}
