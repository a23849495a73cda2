import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { chmodSync, existsSync, readFileSync, statSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { test } from "node:test";
import { withMount } from "../../../../../test/contract/mount.ts";
import { withTree } from "../../../../../test/tidy/tree.ts";
import { type OpenCode, type SqliteStoreOptions, sqliteStore } from "./index.ts";

const STORE = join(import.meta.dirname, "index.ts");
const HOLDER = `
  import { sqliteStore } from "${STORE}";
  const said = sqliteStore({ path: process.argv[2] }).then(() => "open", (error) => error.code);
  console.log(await said);
`;

async function refused(options: SqliteStoreOptions, code: OpenCode, message: RegExp): Promise<void> {
  await assert.rejects(sqliteStore(options), { name: "StoreOpenError", code, message });
}

/** Runs a process of its own that opens the store and keeps it. Gives what it says first, and the means to end it. */
async function withHolder(folder: string, use: (said: string, kill: () => void) => Promise<void>): Promise<void> {
  const args = ["-C", "semel-source", join(folder, "holder.ts"), join(folder, "store.db")];
  const child = spawn(process.execPath, args, { stdio: "pipe" });
  try {
    const [said] = await once(child.stdout, "data");
    await use(String(said).trim(), () => child.kill("SIGKILL"));
  } finally {
    child.kill("SIGKILL");
  }
}

test("a file that another process owns is refused, until that process is gone", async () => {
  await withTree({ "holder.ts": HOLDER }, async (folder) => {
    const path = join(folder, "store.db");
    await withHolder(folder, async (said, kill) => {
      assert.equal(said, "open");
      await refused({ path }, "in_use", /store\.db is in use by process \d+.* stop it, or wait until it ends$/);
      setTimeout(kill, 200);
      const store = await sqliteStore({ path, waitLockMs: 10_000 });
      await store.close();
    });
  });
});

test("a second opening in the same process is refused, and does not open the door to a third", async () => {
  await withTree({ "holder.ts": HOLDER }, async (folder) => {
    const path = join(folder, "store.db");
    const store = await sqliteStore({ path });
    await refused({ path, waitLockMs: 60 }, "in_use", /in use/);
    await withHolder(folder, async (said) => assert.equal(said, "in_use"));
    await store.close();
  });
});

test("a path where no file can be is refused with what to do", async () => {
  await withTree({ "a-file": "", "folder/file": "" }, async (folder) => {
    await refused({ path: join(folder, "none/store.db") }, "no_folder", /none does not exist: create it/);
    await refused({ path: join(folder, "a-file/store.db") }, "no_folder", /a-file is not a folder/);
    await refused({ path: join(folder, "folder") }, "not_a_file", /folder is not a file/);
  });
});

test("a link is followed to its file, and one that leads nowhere is refused", async () => {
  await withTree({ "real/keep": "", "links/keep": "" }, async (folder) => {
    const [real, link, broken] = ["real/store.db", "links/store.db", "links/broken.db"].map((it) => join(folder, it));
    await (await sqliteStore({ path: real as string })).close();
    symlinkSync(real as string, link as string);
    symlinkSync(join(folder, "real/none"), broken as string);
    const store = await sqliteStore({ path: link as string });
    assert.ok(existsSync(`${real}-wal`));
    await store.close();
    await refused({ path: broken as string }, "not_a_file", /broken\.db is not a file/);
  });
});

test("a folder that may not be written is refused", async (t) => {
  const check = (folder: string): Promise<void> =>
    refused({ path: join(folder, "s.db") }, "not_writable", /may not be written/);
  if (process.getuid?.() !== 0) {
    await withTree({}, async (folder) => {
      chmodSync(folder, 0o500);
      await check(folder);
    });
  } else if (!(await withMount("ro,size=64k", check))) t.diagnostic("not run: nothing may be mounted here");
});

test("a file that is no Semel store is refused, and stays as it was", async () => {
  await withTree({ "text.db": "not a database ".repeat(500) }, async (folder) => {
    const foreign = join(folder, "foreign.db");
    const db = new DatabaseSync(foreign);
    db.exec("CREATE TABLE mine (a); INSERT INTO mine VALUES (1)");
    db.close();
    const before = readFileSync(foreign);
    await refused(
      { path: foreign },
      "foreign_database",
      /SQLite database of another program: give Semel a file of its own/,
    );
    assert.deepEqual(readFileSync(foreign), before);
    await refused({ path: join(folder, "text.db") }, "not_a_database", /not a SQLite database: give Semel a new path/);
    assert.equal(readFileSync(join(folder, "text.db"), "utf8").length, 7_500);
  });
});

test("a store whose tables are gone is refused", async () => {
  await withTree({}, async (folder) => {
    const path = join(folder, "store.db");
    await (await sqliteStore({ path })).close();
    const db = new DatabaseSync(path);
    db.exec("DROP TABLE outbox");
    db.close();
    await refused({ path }, "failed", /could not be opened: no such table: outbox/);
  });
});

test("a store of another version is refused", async () => {
  await withTree({}, async (folder) => {
    const path = join(folder, "store.db");
    await (await sqliteStore({ path })).close();
    const marked = (version: number): void => {
      const db = new DatabaseSync(path);
      db.exec(`PRAGMA user_version = ${version}`);
      db.close();
    };
    marked(4);
    await refused({ path }, "newer_schema", /newer Semel \(schema 4; this one knows 3\): start that version/);
    marked(1);
    await refused(
      { path },
      "older_schema",
      /before the first release \(schema 1; this one needs 3\): give Semel a new/,
    );
  });
});

test("file systems over a network are refused by name, local ones are not", async () => {
  await withTree({}, async (folder) => {
    const types: [number, string][] = [
      [0x6969, "NFS"],
      [0xff534d42, "CIFS"],
      [0xff534d42 - 2 ** 32, "CIFS"],
      [0x517b, "SMB"],
      [0x65735546, "FUSE"],
      [0x01021997, "9p"],
    ];
    for (const [type, name] of types) {
      const message = new RegExp(`is on ${name}, where .* lie: put the store on a disk of this machine$`);
      await refused({ path: join(folder, "s.db"), statFs: async () => ({ type }) }, "network_file_system", message);
    }
    assert.throws(() => statSync(join(folder, "s.db")), { code: "ENOENT" });
  });
});

test("a disk is measured to survive a power loss, memory only a crash", async () => {
  await withTree({}, async (folder) => {
    const path = join(folder, "store.db");
    for (const [type, survives] of [
      [0xef53, "power-loss"],
      [0x01021994, "process-crash"],
    ] as const) {
      const store = await sqliteStore({ path, statFs: async () => ({ type }) });
      assert.equal(store.guarantees.survives, survives);
      await store.close();
    }
  });
});

test("a store's file and its log are for their owner's eyes only", async () => {
  await withTree({}, async (folder) => {
    const path = join(folder, "store.db");
    const store = await sqliteStore({ path });
    assert.equal(statSync(path).mode & 0o777, 0o600);
    assert.equal(statSync(`${path}-wal`).mode & 0o777, 0o600);
    await store.close();
  });
});

test("the quick check finds a damaged page before the store is used", async () => {
  await withTree({}, async (folder) => {
    const path = join(folder, "store.db");
    await (await sqliteStore({ path })).close();
    const bytes = readFileSync(path);
    writeFileSync(path, bytes.fill(0xff, 4_096, 8_192));
    await refused({ path, quickCheck: true }, "corrupt", /is damaged .*restore it from a backup/);
  });
});

test("the store's clock does not go back over a restart, and a jump can be read", async () => {
  await withTree({}, async (folder) => {
    const path = join(folder, "store.db");
    let wall = 1_790_000_000_000;
    const options = { path, wallClock: () => wall };
    const first = await sqliteStore(options);
    assert.equal(first.clock().gapMs, null);
    wall += 3_600_000;
    const latest = await first.now();
    assert.equal(latest, wall);
    const { jumpMs } = first.clock();
    assert.ok(jumpMs > 3_500_000 && jumpMs <= 3_600_000, `${jumpMs}`);
    wall += 500;
    assert.equal(await first.now(), latest + 500);
    await first.close();
    wall -= 7_200_000;
    const second = await sqliteStore(options);
    assert.equal(await second.now(), latest + 500);
    assert.equal(second.clock().gapMs, -7_200_000);
    wall += 7_200_001;
    assert.equal(await second.now(), latest + 501);
    await second.close();
  });
});
