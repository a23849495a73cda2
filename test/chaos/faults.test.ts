import assert from "node:assert/strict";
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync, statfsSync, writeFileSync } from "node:fs";
import { connect } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import { canFakeClock, FakeClock, JUMPS_WITHIN_MS } from "./clock.ts";
import { exhaustDescriptors } from "./descriptors.ts";
import { SmallDisk } from "./disk.ts";

async function inFolder(use: (folder: string) => Promise<void>): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), "semel-chaos-"));
  try {
    await use(folder);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** Lines of a process, one at a time. */
async function nextLine(child: ChildProcess): Promise<string> {
  const [chunk] = (await once(child.stdout!, "data")) as [Buffer];
  return chunk.toString().trim();
}

/** Looks at its clock all the time, as a gateway does, and tells of it when asked. */
const TELLS_TIME = `setInterval(() => Date.now(), 20);
process.stdin.on("data", () => console.log(Date.now() + " " + performance.now()))`;

const NO_CLOCK = canFakeClock() ? false : "NOT RUN: libfaketime is not installed (Debian: faketime)";
const NO_DISK = canMount() ? false : "NOT RUN: this machine mounts no file system for us (Linux, root, a loop device)";
const NO_LIMIT = process.platform === "linux" ? false : "NOT RUN: prlimit is Linux's";

function canMount(): boolean {
  const folder = mkdtempSync(join(tmpdir(), "semel-chaos-"));
  const disk = SmallDisk.make(folder);
  disk?.[Symbol.dispose]();
  rmSync(folder, { recursive: true, force: true });
  return disk !== null;
}

test("a running process sees its wall clock jump there and back, and its monotonic clock does not", {
  skip: NO_CLOCK,
}, async () => {
  await inFolder(async (folder) => {
    const clock = await FakeClock.make(folder);
    const env = { ...process.env, ...clock.environment };
    const child = spawn(process.execPath, ["-e", TELLS_TIME], { stdio: ["pipe", "pipe", "inherit"], env });
    const aheadMs = async (): Promise<{ wallMs: number; monotonicMs: number }> => {
      child.stdin.write("?\n");
      const [wall, monotonic] = (await nextLine(child)).split(" ").map(Number);
      return { wallMs: wall! - Date.now(), monotonicMs: monotonic! };
    };
    try {
      const before = await aheadMs();
      await clock.set(3_600_000);
      await sleep(JUMPS_WITHIN_MS);
      const jumped = await aheadMs();
      await clock.set(-2_000);
      await sleep(JUMPS_WITHIN_MS);
      const back = await aheadMs();
      assert.ok(Math.abs(before.wallMs) < 1_000, String(before.wallMs));
      assert.ok(Math.abs(jumped.wallMs - 3_600_000) < 1_000, String(jumped.wallMs));
      assert.ok(Math.abs(back.wallMs + 2_000) < 1_000, String(back.wallMs));
      assert.ok(back.monotonicMs >= before.monotonicMs && back.monotonicMs < 60_000);
    } finally {
      child.kill("SIGKILL");
      await once(child, "exit");
    }
  });
});

test("a full disk takes not one page more, and does again once it is freed", { skip: NO_DISK }, async () => {
  await inFolder(async (folder) => {
    using disk = SmallDisk.make(folder);
    assert.ok(disk !== null);
    const page = Buffer.alloc(4_096);
    disk.fill();
    assert.equal(statfsSync(disk.folder).bavail, 0);
    assert.throws(() => writeFileSync(join(disk.folder, "more"), page), { code: "ENOSPC" });
    disk.free();
    writeFileSync(join(disk.folder, "more"), page);
  });
});

const LISTENS = `const s = require("net").createServer((c) => c.end("hello"));
s.listen(0, "127.0.0.1", () => console.log(s.address().port))`;

test("a process without descriptors serves no new connection, and serves them again afterwards", {
  skip: NO_LIMIT,
}, async () => {
  const child = spawn(process.execPath, ["-e", LISTENS], { stdio: ["ignore", "pipe", "inherit"] });
  try {
    const port = Number(await nextLine(child));
    assert.equal(await greeting(port), "hello");
    const exhausted = exhaustDescriptors(child.pid!, port, 300);
    // Set at once, before anything is awaited.
    const served = await Promise.all(Array.from({ length: 20 }, () => greeting(port)));
    assert.equal(await exhausted, true);
    assert.ok(served.includes(""), served.join());
    assert.equal(await greeting(port), "hello");
  } finally {
    child.kill("SIGKILL");
    await once(child, "exit");
  }
});

/** What a new connection is told; nothing, where it is cut or not taken within a moment. */
function greeting(port: number): Promise<string> {
  return new Promise((resolve) => {
    const socket = connect(port, "127.0.0.1");
    let text = "";
    socket.setTimeout(1_000, () => socket.destroy());
    socket.on("data", (chunk: Buffer) => {
      text += chunk.toString();
    });
    socket.on("error", () => {});
    socket.on("close", () => resolve(text));
  });
}
