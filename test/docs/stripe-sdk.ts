import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { refuse } from "@semel/core/http/protocol";
import { NO_FACTS, type Situation, STRIPE } from "@semel/core/record";
import Stripe from "stripe";

/** What the SDK does with an answer of Semel's: the class that it raises, and how often it sent the request. */
export async function sdkMeets(situation: Situation, inDoubt: boolean = false): Promise<string> {
  const refusal = refuse(STRIPE, situation, { ...NO_FACTS, inDoubt }, null, 1_000);
  if (refusal === null) return "passed";
  let sent = 0;
  const server = createServer((request, response) => {
    sent += 1;
    request.resume().on("end", () => response.writeHead(refusal.status, [...refusal.headers]).end(refusal.body));
  }).listen(0, "127.0.0.1");
  await once(server, "listening");
  try {
    const { port } = server.address() as AddressInfo;
    const stripe = new Stripe("sk_test_semel", { host: "127.0.0.1", port, protocol: "http", telemetry: false });
    const raised = await stripe.charges.create({ amount: 1200, currency: "eur" }).then(
      () => "nothing",
      (error: Error) => error.constructor.name,
    );
    return `${raised} after ${sent} ${sent === 1 ? "try" : "tries"}`;
  } finally {
    server.closeAllConnections();
    server.close();
  }
}
