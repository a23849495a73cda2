import assert from "node:assert/strict";
import { mkdtemp, rm, stat, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { makeFolder } from "./folder.ts";
import { tryLogFile } from "./log-file.ts";

test("a folder is made with all above it, and one that is there is kept", async () => {
  const top = await mkdtemp(join(tmpdir(), "semel-folder-"));
  try {
    const path = join(top, "a/b/c");
    for (let times = 0; times < 2; times += 1) await makeFolder(path, 0o700);
    for (const made of ["a", "a/b", "a/b/c"]) assert.equal((await stat(join(top, made))).mode & 0o777, 0o700, made);
    await writeFile(join(top, "file"), "");
    await assert.rejects(makeFolder(join(top, "file"), 0o700), { code: "EEXIST" });
    await assert.rejects(makeFolder(join(top, "file/inside"), 0o700), { code: "ENOTDIR" });
  } finally {
    await rm(top, { recursive: true });
  }
});

test("where a file system takes no folder, that is said at once", {
  skip: process.platform === "linux" ? false : "there is no /proc here",
  timeout: 10_000,
}, async () => {
  await assert.rejects(makeFolder("/proc/semel-test/a", 0o700), { code: "ENOENT" });
  await assert.rejects(tryLogFile("/proc/semel-test/semel.log"), { code: "ENOENT" });
});
