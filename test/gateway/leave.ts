import { Behind } from "./behind.ts";
import { SHORT_DEADLINE } from "./harness.ts";
import { answer, says, silence } from "./upstream.ts";

// A gateway that has seen all kinds of requests and stops. Whatever it left running would keep this process alive.
const at = await Behind.start({ route: { waitMs: 5_000 }, policy: SHORT_DEADLINE });
at.upstream.next.push(says(answer(201)), silence, says(answer(201, [], "x".repeat(2 << 20))), says(answer(429)));
await at.pay("k1");
const ends = [at.pay("k2"), at.pay("k2"), at.pay("k3"), at.pay("k4"), at.pay("k1"), at.pay(null)];
const statuses = (await Promise.all(ends)).map(({ status }) => status);
await at[Symbol.asyncDispose]();
console.log(statuses.length);
