/** What row 1 is compared with: Fastify 5, logger off, that parses the body and answers with the same bytes. */
import type { AddressInfo } from "node:net";
import { fastify } from "fastify";
import { ANSWER_BODY } from "./payment.ts";

const app = fastify({ logger: false });
app.post("/payments", (_, reply) => reply.code(201).type("application/json").send(ANSWER_BODY));
await app.listen({ port: 0, host: "127.0.0.1" });
process.send!((app.server.address() as AddressInfo).port);
