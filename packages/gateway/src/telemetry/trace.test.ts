import assert from "node:assert/strict";
import { test } from "node:test";
import { propagation, type Span, type Tracer, trace } from "@opentelemetry/api";
import { traced } from "./trace.ts";

test("a keyed exchange is one span, a child of its client's, with a word and no key", async () => {
  const spans: { name: string; attributes: Record<string, unknown>; ended: number }[] = [];
  const startSpan = (name: string, attributes: object): Span => {
    const span = { name, attributes: { ...attributes } as Record<string, unknown>, ended: 0 };
    spans.push(span);
    const end = (): void => {
      span.ended += 1;
    };
    const setAttribute = (key: string, value: unknown): void => {
      span.attributes[key] = value;
    };
    return { setAttribute, end } as unknown as Span;
  };
  const tracer = {
    startActiveSpan: (name: string, { attributes }: { attributes: object }, _: unknown, run: (span: Span) => unknown) =>
      run(startSpan(name, attributes)),
  } as unknown as Tracer;
  trace.setGlobalTracerProvider({ getTracer: () => tracer });
  let parent: unknown = null;
  propagation.setGlobalPropagator({
    inject: () => {},
    fields: () => [],
    extract: (context, carrier, getter) => {
      parent = getter.get(carrier, "traceparent");
      return context;
    },
  });
  const outgoing = { status: 201, headers: [], body: new Uint8Array(), rest: null };
  const flow = traced(async () => ({ kind: "answer", outgoing, word: "mine" }));
  const request = {
    method: "POST",
    target: `/payments?canary-key`,
    headers: ["Traceparent", "00-1-2-01"],
    body: Buffer.from("canary-body"),
  };
  await flow(request, { id: "POST /payments" } as never, {} as never);
  const failing = traced(() => Promise.reject(new Error("canary-body")));
  await assert.rejects(failing(request, { id: "POST /payments" } as never, {} as never));
  assert.deepEqual(parent, ["00-1-2-01"]);
  assert.deepEqual(
    spans.map(({ name, attributes, ended }) => [
      name,
      attributes["semel.word"],
      attributes["http.response.status_code"],
      ended,
    ]),
    [
      ["POST /payments", "fresh", 201, 1],
      ["POST /payments", "error", undefined, 1],
    ],
  );
  assert.doesNotMatch(JSON.stringify(spans), /canary/);
});
