import type { Endpoint, Schema } from "./endpoint.ts";

/** The endpoints as an OpenAPI document: the same values that the server validates with. */
export function openApi(endpoints: readonly Endpoint[]): object {
  const paths: { [path: string]: { [method: string]: object } } = {};
  for (const endpoint of endpoints) {
    const path = endpoint.url.replaceAll(/:(\w+)/g, "{$1}");
    paths[path] = { ...paths[path], [endpoint.method.toLowerCase()]: operation(endpoint) };
  }
  return {
    openapi: "3.1.0",
    info: { title: "Semel admin API", version: "1" },
    components: { securitySchemes: { token: { type: "http", scheme: "bearer" } } },
    paths,
  };
}

function operation({ url, summary, access, query, body, responses }: Endpoint): object {
  const inPath = [...url.matchAll(/:(\w+)/g)].map(([, name]) => parameter(name!, "path", true, { type: "string" }));
  const properties = (query?.["properties"] ?? {}) as { [name: string]: Schema };
  const inQuery = Object.entries(properties).map(([name, schema]) => parameter(name, "query", false, schema));
  return {
    summary: access === "operator" ? `${summary} (operators only)` : summary,
    security: access === "open" ? [] : [{ token: [] }],
    parameters: [...inPath, ...inQuery],
    ...(body === undefined
      ? {}
      : { requestBody: { required: true, content: { "application/json": { schema: body } } } }),
    responses: Object.fromEntries(Object.entries(responses).map(([status, told]) => [status, response(told)])),
  };
}

function parameter(name: string, place: "path" | "query", required: boolean, schema: Schema): object {
  return { name, in: place, required, schema };
}

function response({ description, schema, contentType }: Endpoint["responses"][number]): object {
  if (schema === undefined && contentType === undefined) return { description };
  const problem = schema?.["description"] === "RFC 9457";
  const type = contentType ?? (problem ? "application/problem+json" : "application/json");
  return { description, content: { [type]: schema === undefined ? {} : { schema } } };
}
