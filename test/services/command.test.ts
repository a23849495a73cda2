import assert from "node:assert/strict";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, test } from "node:test";
import { orderOf } from "../../tools/services/order.ts";
import { absentOf, placeOf } from "../../tools/services/presence.ts";
import { SERVERS } from "../../tools/services/servers/table.ts";
import { SERVICES } from "../../tools/services/table.ts";
import { services } from "./command.ts";

const empty = mkdtempSync(join(tmpdir(), "semel-services-test-"));
const world = { PATH: empty, XDG_CACHE_HOME: empty };
after(() => rmSync(empty, { recursive: true, force: true }));

const namesOf = (all: readonly { name: string }[]): string[] => all.map(({ name }) => name);

test("no name means all programs and the usual servers", () => {
  const { services: programs, servers } = orderOf(["up"]);
  assert.deepEqual(programs, SERVICES);
  assert.deepEqual(namesOf(servers), ["postgres", "redis", "dynamodb", "cassandra"]);
});

test("no name means every server to whoever asks for the state, or stops them", () => {
  assert.deepEqual(orderOf(["status"]).servers, SERVERS);
  assert.deepEqual(orderOf(["down"]).servers, SERVERS);
});

test("a name means itself alone, whether it is a program or a server", () => {
  const { services: programs, servers } = orderOf(["up", "spin", "kafka"]);
  assert.deepEqual([namesOf(programs), namesOf(servers)], [["spin"], ["kafka"]]);
  assert.deepEqual(orderOf(["down", "redis"]).services, []);
});

test("a name that nobody knows is refused with those that there are", () => {
  assert.throws(() => orderOf(["up", "nginks"]), /No service is called nginks: spin, nginx.*postgres, redis/);
  assert.throws(() => orderOf(["start"]), /start is no command/);
  assert.throws(() => orderOf([]), /Nothing is no command/);
});

test("a wrong word ends with the usage and code 2", () => {
  const { code, err } = services(["up", "nginks"], world);
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

test("status has a line for each program and server, and says what is missing", () => {
  const { code, out } = services(["status"], world);
  assert.equal(code, 0);
  const names = out.trimEnd().split("\n");
  assert.deepEqual(
    names.map((line) => line.split(/\s/)[0]),
    namesOf([...SERVICES, ...SERVERS]),
  );
  assert.match(out, /^spin +MISSING spin, gcc/m);
  assert.match(out, /^redis +(stopped|MISSING redis-server)$/m);
});

test("a system without apt-get is told what to install, in one sentence", () => {
  const { code, err } = services(["up", "spin"], world);
  assert.equal(code, 1);
  assert.match(err, /^There is no apt-get here: install spin, gcc, libc6-dev [^\n]*\.\n$/);
});

test("a server that cannot be had is named with the reason, in one sentence", () => {
  const { code, err } = services(["up", "redis"], world);
  assert.equal(code, 1);
  assert.match(err, /^redis cannot be had\. There is no apt-get here: install redis-server [^\n]*\.\n$/);
});

test("nothing is stopped where nothing was started", () => {
  const { code, out, err } = services(["down"], world);
  assert.deepEqual([code, out, err], [0, "nothing to stop: no server was started\n", ""]);
});
