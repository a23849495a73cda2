import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, test } from "node:test";
import { orderOf } from "../../tools/services/order.ts";
import { absentOf, placeOf } from "../../tools/services/presence.ts";
import { SERVICES } from "../../tools/services/table.ts";

const MAIN = join(import.meta.dirname, "../../tools/services/main.ts");
const empty = mkdtempSync(join(tmpdir(), "semel-services-"));
after(() => rmSync(empty, { recursive: true, force: true }));

function services(args: readonly string[], path: string): { code: number | null; out: string; err: string } {
  const env = { ...process.env, PATH: path };
  const { status, stdout, stderr } = spawnSync(process.execPath, [MAIN, ...args], { env, encoding: "utf8" });
  return { code: status, out: stdout, err: stderr };
}

test("no name means all services, and a name that nobody knows is refused with those that there are", () => {
  assert.deepEqual(orderOf(["up"]).services, SERVICES);
  assert.deepEqual(
    orderOf(["up", "nginx", "spin"]).services.map(({ name }) => name),
    ["nginx", "spin"],
  );
  assert.throws(() => orderOf(["up", "nginks"]), /No service is called nginks: spin, nginx/);
  assert.throws(() => orderOf(["start"]), /start is no command/);
  assert.throws(() => orderOf([]), /Nothing is no command/);
  assert.throws(() => orderOf(["status", "spin"]), /status takes no names/);
});

test("a wrong word ends with the usage and code 2", () => {
  const { code, err } = services(["up", "nginks"], empty);
  assert.equal(code, 2);
  assert.match(err, /No service is called nginks[\s\S]*npm run services -- status/);
});

test("a program is there if it can be run", () => {
  writeFileSync(join(empty, "semel-planted"), "", { mode: 0o755 });
  writeFileSync(join(empty, "semel-plain"), "", { mode: 0o644 });
  assert.equal(placeOf("semel-planted", empty), join(empty, "semel-planted"));
  assert.deepEqual(absentOf({ programs: ["semel-planted", "semel-plain", "semel-none"] }, empty), [
    "semel-plain",
    "semel-none",
  ]);
});

test("status has a line for each service, and says which program is missing", () => {
  const { code, out } = services(["status"], empty);
  assert.equal(code, 0);
  assert.deepEqual(
    out
      .trim()
      .split("\n")
      .map((line) => line.split(/\s/)[0]),
    SERVICES.map(({ name }) => name),
  );
  assert.match(out, /^spin +MISSING spin, gcc/m);
});

test("a system without apt-get is told what to install, in one sentence", () => {
  const { code, err } = services(["up", "spin"], empty);
  assert.equal(code, 1);
  assert.match(err, /^There is no apt-get here: install spin, gcc, libc6-dev [^\n]*\.\n$/);
});

test("there is nothing to stop", () => {
  assert.deepEqual([services(["down"], empty).code, services(["down"], empty).err], [0, ""]);
});
