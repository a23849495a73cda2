import assert from "node:assert/strict";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, beforeEach, test } from "node:test";
import { services } from "./command.ts";

const folder = mkdtempSync(join(tmpdir(), "semel-docker-"));
const world = { PATH: folder, XDG_CACHE_HOME: folder };
const log = join(folder, "calls");
after(() => rmSync(folder, { recursive: true, force: true }));
beforeEach(() => writeFileSync(log, ""));

/** A Docker that only writes down what it is asked for. */
function plantDocker(code: (call: string) => string): void {
  const script = `#!/bin/sh\necho "$SEMEL_REDIS_PORT $*" >> ${log}\ncase "$*" in ${code("*")} esac\n`;
  writeFileSync(join(folder, "docker"), script, { mode: 0o755 });
}

const calls = (): string[] =>
  readFileSync(log, "utf8")
    .trim()
    .split(/\s*\n\s*/);

test("where an engine runs, a container of compose.yaml is started, and removed with what it kept", () => {
  plantDocker((any) => `${any}) exit 0;;`);
  const up = services(["up", "redis"], world);
  assert.equal(up.code, 0, up.err);
  const port = /redis:\/\/127\.0\.0\.1:(\d+)$/m.exec(up.out)?.[1];
  const started = calls().at(-1)!;
  assert.ok(started.startsWith(`${port} compose --project-name semel-`), started);
  assert.match(started, /--file \S+\/compose\.yaml up --detach --wait redis$/);
  const down = services(["down"], world);
  assert.deepEqual([down.code, down.out], [0, "redis       stopped\n"]);
  assert.match(calls().at(-1)!, /rm --stop --force --volumes redis$/);
});

test("a container that does not become healthy is told, and removed", () => {
  plantDocker((any) => `${any}" up "${any}) echo no image >&2; exit 1;; ${any}) exit 0;;`);
  const { code, err } = services(["up", "redis"], world);
  assert.equal(code, 1);
  assert.match(err, /^redis cannot be had: [\s\S]*no image/);
  assert.match(calls().at(-1)!, /rm --stop --force --volumes redis$/);
  assert.match(services(["down"], world).out, /nothing to stop/);
});

test("where no engine runs, Docker is not asked for more", () => {
  plantDocker((any) => `${any}) exit 1;;`);
  services(["status"], world);
  services(["up", "redis"], world);
  assert.deepEqual([...new Set(calls())], ["info"]);
  services(["down"], world);
});
