import { ConfigError, faultLine } from "@semel/gateway/config";
import { type SemelCommand, UsageError } from "./command.ts";

/** Exit codes: 1 it cannot work now, 2 the words or the configuration are wrong. */
export type Explained = Readonly<{ text: string; exitCode: 1 | 2 }>;

/** An error as its reader needs it: what is wrong and what to do, without a stack where we know the cause. */
export function explain(error: unknown, command: SemelCommand): Explained {
  if (error instanceof ConfigError) return { text: error.faults.map(faultLine).join("\n"), exitCode: 2 };
  if (error instanceof UsageError) return usage(error.message, command);
  const { code, message } = error as NodeJS.ErrnoException;
  if (code?.startsWith("ERR_PARSE_ARGS")) return usage(message.split(". ")[0]!, command);
  if (code === "EADDRINUSE") return { text: `semel: ${portInUse(error as Address)}`, exitCode: 1 };
  if (code === "EACCES")
    return { text: `semel: no permission (${message}). Choose a path or port that you own.`, exitCode: 1 };
  if (typeof code === "string" && error instanceof Error && "retryable" in error)
    return { text: `semel: ${message}`, exitCode: 1 };
  if (STORE_CODES.test((error as Error).name)) return { text: `semel: ${message}`, exitCode: 1 };
  return { text: `semel: ${(error as Error).stack ?? String(error)}`, exitCode: 1 };
}

const STORE_CODES = /^(StoreOpenError|AuthorityError|StartError)$/;

type Address = Readonly<{ address?: string; port?: number }>;

function portInUse({ address, port }: Address): string {
  return `port ${address}:${port} is in use. End what listens there, or choose another port (semel dev --help).`;
}

function usage(message: string, { name, usage: text }: SemelCommand): Explained {
  return { text: `semel ${name}: ${message}.\n\n${text}`, exitCode: 2 };
}
