import { type BankOptions, createBank } from "./bank.ts";
import { readFlags, UsageError, usage } from "./flags.ts";

try {
  const flags = readFlags(process.argv.slice(2));
  if (flags.kind === "help") process.stdout.write(usage);
  else await run(flags.options);
} catch (error) {
  fail(error);
}

async function run(options: BankOptions): Promise<void> {
  const bank = await createBank({ ...options, onError: fail });
  const ledger = options.dataDir ? `${options.dataDir} (${bank.ledger.effects.length} effects)` : "in memory";
  const keys = options.honourKeys ? `honoured for ${options.windowMs} ms` : "ignored";
  process.stdout.write(`bank: listening on ${bank.url}; ledger: ${ledger}; idempotency keys: ${keys}\n`);
  // Only once each: a second signal ends the process at once.
  for (const signal of ["SIGINT", "SIGTERM"] as const) {
    process.once(signal, () => void bank.close().catch(fail));
  }
}

function fail(error: unknown): never {
  const { message, code, port } = error as NodeJS.ErrnoException & { port?: number };
  if (error instanceof UsageError) stop(2, `${message}\n\n${usage}`);
  if (code === "EADDRINUSE") stop(1, `port ${port} is in use; choose another one with --port\n`);
  stop(1, `${message}\n`);
}

function stop(exitCode: number, message: string): never {
  process.stderr.write(`bank: ${message}`);
  process.exit(exitCode);
}
