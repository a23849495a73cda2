import type { FastifyInstance, FastifyRequest } from "fastify";
import { type CallerOf, callerOf } from "./access.ts";
import type { Access } from "./endpoint.ts";
import { hostCheck } from "./host.ts";
import type { AdminOptions, Caller } from "./options.ts";
import { AdminProblem } from "./problem.ts";

/** Name first, then token, then role. What is open asks for none of them. */
export function guard(app: FastifyInstance, { tokens, hosts }: AdminOptions): void {
  const isKnownHost = hostCheck(hosts);
  const caller: CallerOf = callerOf(tokens);
  app.addHook("onRequest", async (request) => {
    const access = accessOf(request);
    if (access === "open") return;
    if (!isKnownHost(request.headers.host)) {
      throw new AdminProblem("host_refused", "The Host header names neither loopback nor one of the configured hosts.");
    }
    const found = caller(request.headers.authorization);
    if (found === null) {
      throw new AdminProblem("token_refused", "Send `Authorization: Bearer TOKEN` with one of the configured tokens.");
    }
    if (access === "operator" && found.role !== "operator") {
      throw new AdminProblem("not_allowed", `The token of ${found.name} may look, but not act.`);
    }
    request.setDecorator<Caller | null>("caller", found);
  });
}

function accessOf(request: FastifyRequest): Access {
  const { config } = request.routeOptions;
  return (config as { access?: Access } | undefined)?.access ?? "viewer";
}
