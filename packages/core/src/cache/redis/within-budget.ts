export type Outcome<T> = Readonly<{ kind: "answer"; answer: T } | { kind: "timeout" | "error"; why: string }>;

/** What came of a command within its budget. Never rejects; what comes later is thrown away. */
export function withinBudget<T>(command: () => Promise<T>, budgetMs: number): Promise<Outcome<T>> {
  return new Promise((resolve) => {
    const late = (): void => resolve({ kind: "timeout", why: `no answer within ${budgetMs} ms` });
    // After a long turn of the event loop the timer is called before what has come is read: it is given its turn first.
    const timer = setTimeout(() => setImmediate(late), budgetMs);
    const settle = (outcome: Outcome<T>): void => {
      clearTimeout(timer);
      resolve(outcome);
    };
    start(command).then(
      (answer) => settle({ kind: "answer", answer }),
      (error: unknown) => settle({ kind: "error", why: error instanceof Error ? error.message : String(error) }),
    );
  });
}

/** A command that throws at once has failed like any other. */
async function start<T>(command: () => Promise<T>): Promise<T> {
  return await command();
}
