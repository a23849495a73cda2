import assert from "node:assert/strict";
import { mkdtemp, rename, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { Gateway } from "./gateway.ts";
import { prepareFolder } from "./gateway-folder.ts";

test("who waits for a gateway that cannot start is told of the one that can, later", async (t) => {
  const folder = await mkdtemp(join(tmpdir(), "semel-chaos-"));
  t.after(() => rm(folder, { recursive: true, force: true }));
  const place = await prepareFolder(join(folder, "repeat"), "repeat", { bankPort: 1 });
  await using gateway = await Gateway.start(place);
  // Without its configuration it ends by itself, again and again.
  const hidden = `${place.configuration}.hidden`;
  await rename(place.configuration, hidden);
  await gateway.kill();
  const ready = gateway.ready();
  while (gateway.exits.length < 2) await new Promise((resolve) => setTimeout(resolve, 50));
  await rename(hidden, place.configuration);
  await ready;
  assert.ok(gateway.exits.length >= 2);
});
