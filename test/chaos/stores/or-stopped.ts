/** Rejects as soon as somebody has lost patience, so that what was started is ended on the way out. */
export async function orStopped<T>(stopped: AbortSignal, work: Promise<T>): Promise<T> {
  const { promise, reject } = Promise.withResolvers<never>();
  const stop = (): void => reject(stopped.reason as Error);
  stopped.addEventListener("abort", stop);
  if (stopped.aborted) stop();
  try {
    return await Promise.race([work, promise]);
  } finally {
    stopped.removeEventListener("abort", stop);
    // Nobody waits for it any more.
    work.catch(() => {});
  }
}
