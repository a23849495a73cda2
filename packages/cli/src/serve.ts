const SIGNALS = ["SIGTERM", "SIGINT"] as const;

/**
 * SIGTERM or SIGINT, heard from this call on. Whoever starts something that takes payments calls it first: a signal between
 * the first request and the first listener would cut that request off. A second signal ends the process at once.
 */
export function signalled(): Promise<void> {
  return new Promise((resolve) => {
    for (const signal of SIGNALS) process.once(signal, () => resolve());
  });
}

/** Waits for the signal, then stops in good order. */
export async function serveUntil(signal: Promise<void>, stop: () => Promise<boolean>): Promise<number> {
  await signal;
  console.log("Stopping: no new requests, sent ones finish.");
  for (const again of SIGNALS) process.once(again, () => process.exit(130));
  const clean = await stop();
  console.log(clean ? "Stopped." : "Stopped, but some requests did not finish in time; they will be recovered.");
  return 0;
}
