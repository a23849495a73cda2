import { setTimeout as sleep } from "node:timers/promises";
import { type Choice, Harness } from "./harness.ts";
import { Upstream } from "./upstream.ts";
import { type Answer, type Asked, asking, exchange } from "./wire.ts";

/** A gateway in front of a scripted upstream. */
export class Behind implements AsyncDisposable {
  readonly it: Harness;
  readonly upstream: Upstream;
  readonly url: string;

  private constructor(it: Harness, upstream: Upstream) {
    this.it = it;
    this.upstream = upstream;
    this.url = it.url;
  }

  static async start(choice: Choice = {}): Promise<Behind> {
    const upstream = await Upstream.start();
    return new Behind(
      await Harness.start({ ...choice, upstream: { url: upstream.url, ...choice.upstream } }),
      upstream,
    );
  }

  /** Places at the upstream that are taken now. */
  get taken(): number {
    return [...this.it.gateway.slots.values()].reduce((sum, { taken }) => sum + taken, 0);
  }

  /** One request under a key, on a connection of its own; `key` null: without one. */
  async pay(key: string | null, asked: Asked = {}): Promise<Answer> {
    const own = key === null ? [] : ["Idempotency-Key", key];
    return await exchange(this.url, asking({ ...asked, headers: [...own, ...(asked.headers ?? [])] }));
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.it[Symbol.asyncDispose]();
    await this.upstream[Symbol.asyncDispose]();
  }
}

/** Resolves once this holds; gives up after a while, by default one in which no idle connection is closed. */
export async function until(holds: () => boolean, withinMs = 3_000): Promise<void> {
  const before = performance.now() + withinMs;
  while (!holds()) {
    if (performance.now() > before) throw new Error(`It never came true: ${String(holds)}`);
    await sleep(5);
  }
}

/** The members of a problem's body. */
export function problemOf({ body }: Pick<Answer, "body">): Record<string, unknown> {
  return JSON.parse(body.toString()) as Record<string, unknown>;
}
