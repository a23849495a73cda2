/** Waits for SIGTERM or SIGINT, then stops in good order. A second signal ends the process at once. */
export async function serveUntilSignal(stop: () => Promise<boolean>): Promise<number> {
  await new Promise<void>((resolve) => {
    for (const signal of ["SIGTERM", "SIGINT"] as const) process.once(signal, () => resolve());
  });
  console.log("Stopping: no new requests, sent ones finish.");
  for (const signal of ["SIGTERM", "SIGINT"] as const) process.once(signal, () => process.exit(130));
  const clean = await stop();
  console.log(clean ? "Stopped." : "Stopped, but some requests did not finish in time; they will be recovered.");
  return 0;
}
