import { ConfigError, faultLine } from "@semel/gateway/config";
import { type SemelCommand, UsageError } from "./command.ts";
import { systemAdvice } from "./system-advice.ts";

/** Exit codes: 1 it cannot work now, 2 the words or the configuration are wrong. */
export type Explained = Readonly<{ text: string; exitCode: 1 | 2 }>;

/** An error as its reader needs it: what is wrong and what to do, without a stack where we know the cause. */
export function explain(error: unknown, command: SemelCommand): Explained {
  if (error instanceof ConfigError) return { text: error.faults.map(faultLine).join("\n"), exitCode: 2 };
  if (error instanceof UsageError) return usage(error.message, command);
  const { code, message, name, stack } = error as NodeJS.ErrnoException;
  if (code?.startsWith("ERR_PARSE_ARGS")) return usage(message.split(/\.\s/)[0]!, command);
  if (code === "EADDRINUSE") return refused(portInUse(error as Address, command));
  const ours = typeof code === "string" && error instanceof Error && "retryable" in error;
  if (ours || OURS.test(name)) return refused(/[.!?]$/.test(message) ? message : `${message}.`);
  const advice = code === undefined ? null : systemAdvice(code);
  if (advice !== null) return refused(`the system refuses it (${message}). ${advice}`);
  return refused(stack ?? String(error));
}

const OURS = /^(StoreOpenError|AuthorityError|StartError)$/;

function refused(text: string): Explained {
  return { text: `semel: ${text}`, exitCode: 1 };
}

type Address = Readonly<{ address?: string; port?: number }>;

function portInUse({ address, port }: Address, { name }: SemelCommand): string {
  const another =
    name === "start"
      ? "choose another one under `listen` in the configuration"
      : `choose another one (semel ${name} --help)`;
  return `port ${address}:${port} is in use. End what listens there, or ${another}.`;
}

function usage(message: string, { name, usage: text }: SemelCommand): Explained {
  return { text: `semel ${name}: ${message}.\n\n${text}`, exitCode: 2 };
}
