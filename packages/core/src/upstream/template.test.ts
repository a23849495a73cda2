import assert from "node:assert/strict";
import { test } from "node:test";
import { placesOf, templateFault } from "./template.ts";

test("a template names its places, each once", () => {
  assert.deepEqual(placesOf("/p/{ref}?key={upstreamKey}&again={ref}"), ["ref", "upstreamKey"]);
});

test("a template is a path and a query, with names as places", () => {
  assert.equal(templateFault("/payments?key={upstreamKey}&ref={ref}"), null);
  assert.match(templateFault("https://bank/payments") ?? "", /must begin with \//);
  assert.match(templateFault("/payments?key={upstream key}") ?? "", /place \{upstream key\}/);
  assert.match(templateFault("/payments/{}") ?? "", /place \{\}/);
  for (const bad of ["/pay ments", "/payments#x", "/payments?key={ref", "/p\r\nx: y"]) {
    assert.match(templateFault(bad) ?? "", /no path or query may have/, bad);
  }
});
