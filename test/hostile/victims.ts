import { asking, exchange, fieldOf } from "../gateway/wire.ts";
import type { Echo } from "./strict-upstream.ts";

/** Customers at a time, and what each buys in turn. */
const CUSTOMERS = 8;
const PURCHASES = 25;

/** Good clients among attackers, over the same connections behind a proxy. Resolves to what each was told wrongly. */
export async function victims(url: string): Promise<string[]> {
  const wrong: string[] = [];
  const buy = async (customer: number): Promise<void> => {
    for (let purchase = 0; purchase < PURCHASES; purchase += 1) {
      const [path, key] = [`/good/${customer}/${purchase}`, `good-${customer}-${purchase}`];
      const request = asking({ path, headers: ["Idempotency-Key", key] });
      const [first, again] = [await exchange(url, request), await exchange(url, request)];
      const echo = first.status === 201 ? (JSON.parse(first.body.toString()) as Echo) : null;
      if (echo?.target !== path || echo.key !== key) wrong.push(`${path} got ${first.status} ${first.body.toString()}`);
      const isReplay = fieldOf(again, "idempotency-status") === "replayed" && again.body.equals(first.body);
      if (!isReplay) wrong.push(`${path} again got ${again.status} ${again.body.toString()}`);
    }
  };
  await Promise.all(Array.from({ length: CUSTOMERS }, (_, customer) => buy(customer)));
  return wrong;
}
