import { type Answer, refusal } from "./answer.ts";

export type Operation =
  | Readonly<{ kind: "payment"; prefix: string }>
  | Readonly<{ kind: "refund" | "change"; prefix: string; payment: string }>;

export type Route =
  | Readonly<{ kind: "effect"; operation: Operation }>
  | Readonly<{ kind: "list"; query: URLSearchParams }>
  | Readonly<{ kind: "payment"; id: string }>
  | Readonly<{ kind: "refund"; id: string; payment: string }>
  | Readonly<{ kind: "ledger" }>
  | Readonly<{ kind: "none"; answer: Answer }>;

const PATH = /^(?<prefix>\/v1)?\/payments(?:\/(?<payment>\w+)(?<refunds>\/refunds(?:\/(?<refund>\w+))?)?)?$/;

export function routeOf(method: string, target: string): Route {
  const [path = "", query = ""] = target.split("?", 2);
  if (path === "/ledger") return method === "GET" ? { kind: "ledger" } : notAllowed("GET");
  const parts = PATH.exec(path)?.groups;
  if (!parts) return { kind: "none", answer: refusal(404, "no_such_path", `There is nothing at ${path}.`) };
  const { prefix = "", payment, refunds, refund } = parts as Partial<Record<string, string>>;
  if (payment === undefined) {
    if (method === "POST") return { kind: "effect", operation: { kind: "payment", prefix } };
    return method === "GET" ? { kind: "list", query: new URLSearchParams(query) } : notAllowed("GET, POST");
  }
  if (refund !== undefined) return method === "GET" ? { kind: "refund", id: refund, payment } : notAllowed("GET");
  if (refunds !== undefined) {
    return method === "POST" ? { kind: "effect", operation: { kind: "refund", prefix, payment } } : notAllowed("POST");
  }
  if (method === "PATCH") return { kind: "effect", operation: { kind: "change", prefix, payment } };
  return method === "GET" ? { kind: "payment", id: payment } : notAllowed("GET, PATCH");
}

function notAllowed(allow: string): Route {
  return { kind: "none", answer: refusal(405, "method_not_allowed", `Only ${allow} here.`, { allow }) };
}
