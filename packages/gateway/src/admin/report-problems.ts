import type { FastifyError, FastifyInstance } from "fastify";
import { AdminProblem } from "./problem.ts";

/** Every error leaves as a problem. */
export function reportProblems(app: FastifyInstance): void {
  app.setNotFoundHandler(() => {
    throw new AdminProblem("not_found", "See /api/openapi.json for what there is.");
  });
  app.setErrorHandler((error: FastifyError | AdminProblem, _, reply) => {
    const problem = error instanceof AdminProblem ? error : problemOf(error);
    if (problem.status === 401) void reply.header("www-authenticate", "Bearer");
    void reply.code(problem.status).header("cache-control", "no-store").type("application/problem+json");
    return reply.serializer(JSON.stringify).send(problem.body);
  });
}

/** Only our own words are told: a foreign error's message may hold what was sent. */
function problemOf(error: FastifyError): AdminProblem {
  if (error.validation !== undefined) {
    const [first] = error.validation;
    const place = `${error.validationContext ?? "body"}${first?.instancePath ?? ""}`;
    return new AdminProblem(
      "bad_request",
      `${place} ${first?.message ?? "is not as it must be"}. Nothing was changed.`,
    );
  }
  if ((error.statusCode ?? 500) < 500) {
    return new AdminProblem(
      "bad_request",
      "The request cannot be read: send JSON within the limits. Nothing was changed.",
    );
  }
  return new AdminProblem("internal", "The gateway met an error of its own. Look at the run before trying again.");
}
