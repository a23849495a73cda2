import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { once } from "node:events";
import { chmod, mkdir, mkdtemp, readFile, rm, stat, writeFile } from "node:fs/promises";
import { createServer as createHttpServer } from "node:http";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, test } from "node:test";
import { promisify } from "node:util";
import { call } from "../../examples/bank/call.ts";
import { Semel } from "./semel.ts";

const folders: string[] = [];
after(() => Promise.all(folders.map((folder) => rm(folder, { recursive: true, force: true }))));

async function folder(): Promise<string> {
  const made = await mkdtemp(join(tmpdir(), "semel-cli-"));
  folders.push(made);
  return made;
}

const run = promisify(execFile);
const FREE = ["--gateway-port", "0", "--admin-port", "0", "--bank-port", "0"];
const dev = (data: string, ...more: string[]): Semel => new Semel(["dev", "--data", data, ...FREE, ...more]);

async function gatewayOf(semel: Semel): Promise<string> {
  await semel.says(/^ {2}-d .*$/m);
  return (await semel.says(/^gateway +(\S+)$/m))[1]!;
}

test("dev brings up gateway, admin and bank, and keeps what it knows across a restart", async () => {
  const data = await folder();
  const body = JSON.stringify({ amount: 1200, currency: "EUR", reference: "order-1" });
  let first: Awaited<ReturnType<typeof call>>;
  {
    await using semel = dev(data);
    first = await call(`${await gatewayOf(semel)}/payments`, { body, key: "k1" });
    assert.equal(first.status, 201);
    assert.equal(await semel.stop(), 0);
    assert.match(semel.output, /Stopped\.\s*$/);
  }
  await using semel = dev(data);
  const second = await call(`${await gatewayOf(semel)}/payments`, { body, key: "k1" });
  assert.equal(second.headers["idempotent-replayed"], "true");
  assert.equal(second.text, first.text);
});

test("dev makes its secrets readable by their owner only, and never makes them again", async () => {
  const data = await folder();
  const read = async (): Promise<string[]> => {
    const names = ["secrets/naming", "secrets/f1", "secrets/s1", "admin.token"];
    for (const name of names) assert.equal((await stat(join(data, name))).mode & 0o777, 0o600, name);
    return await Promise.all(names.map((name) => readFile(join(data, name), "utf8")));
  };
  const made = [];
  for (let start = 0; start < 2; start += 1) {
    await using semel = dev(data);
    await gatewayOf(semel);
    await semel.stop();
    made.push(await read());
  }
  assert.deepEqual(made[1], made[0]);
});

test("dev prints a configuration that check accepts", async () => {
  const data = await folder();
  await using started = dev(data);
  await gatewayOf(started);
  await started.stop();
  await using printed = dev(data, "--print-config");
  await printed.ends();
  assert.equal(printed.errors, "");
  const file = join(data, "semel.yaml");
  await writeFile(file, printed.output);
  await using checked = new Semel(["check", "-c", file]);
  assert.equal(await checked.ends(), 0, checked.output);
  assert.match(checked.output, /exactly once/);
});

test("dev says on standard error that the configuration it prints has no secrets yet, and makes nothing", async () => {
  const data = join(await folder(), "data");
  await using printed = dev(data, "--print-config");
  assert.equal(await printed.ends(), 0);
  assert.match(printed.errors, /^semel: .* has no secrets yet, .*: run semel dev once with the same --data, .*\.\n$/);
  assert.ok(printed.errors.includes(data));
  await assert.rejects(stat(data), { code: "ENOENT" });
});

test("dev in front of a service that is down says so, and starts all the same", async () => {
  await using semel = dev(await folder(), "--upstream", "http://127.0.0.1:9");
  await semel.says(/WARNING upstream own at http:\/\/127\.0\.0\.1:9 accepts no connection \(ECONNREFUSED\): start it/);
  assert.match(semel.output, /at most once/);
});

test("what dev prints for one's own service sends nothing before path and body are filled in", async () => {
  const seen: string[] = [];
  const service = createHttpServer((request, response) => {
    seen.push(request.url!);
    response.end();
  }).listen(0, "127.0.0.1");
  await once(service, "listening");
  const { port } = service.address() as { port: number };
  const data = await folder();
  await using semel = dev(data, "--upstream", `http://127.0.0.1:${port}`);
  await gatewayOf(semel);
  const printed = /^curl [\s\S]*?^ {2}-d .*$/m.exec(semel.output)![0];
  assert.match(semel.output, /^Put a path and a body of your service where <\.\.\.> stands/m);
  const paste = (text: string): Promise<unknown> => run("bash", ["-c", text], { cwd: data });
  await assert.rejects(paste(printed), /No such file/);
  assert.deepEqual(seen, []);
  await paste(printed.replace("<path>", "orders").replace("<body>", "{}"));
  assert.deepEqual(seen, ["/orders"]);
  assert.equal(await semel.stop(), 0);
  service.close();
});

test("an option that does not exist, and a value that does not fit, are named with what there is", async () => {
  for (const [args, expected] of [
    [["dev", "--upstraem", "x"], /semel dev: Unknown option '--upstraem'[\s\S]*--upstream URL/],
    [["dev", "--upstream", "nowhere"], /--upstream is a URL such as/],
    [["dev", "--gateway-port", "seventy"], /--gateway-port is a port from 0/],
    [["start"], /semel start: needs a configuration: -c semel\.yaml/],
    [["start", "-c", "x.yaml", "--wait-lock", "soon"], /--wait-lock is a time such as 10s, not "soon"/],
    [["check", "a.yaml", "b.yaml"], /semel check: takes one configuration, and is given 2/],
    [["strat"], /there is no command strat/],
  ] as const) {
    await using semel = new Semel(args);
    assert.equal(await semel.ends(), 2, args.join(" "));
    assert.match(semel.output, expected);
  }
});

test("--version prints the version of the package, and help says that it does", async () => {
  const manifest = await readFile(new URL("../../packages/cli/package.json", import.meta.url), "utf8");
  await using semel = new Semel(["--version"]);
  assert.equal(await semel.ends(), 0);
  assert.equal(semel.output, `${JSON.parse(manifest).version}\n`);
  await using help = new Semel(["--help"]);
  assert.equal(await help.ends(), 0);
  assert.match(help.output, /semel --version which one this is\.$/m);
});

test("a port in use is named, and the process ends", async () => {
  const taken = createServer().listen(0, "127.0.0.1");
  await new Promise((resolve) => taken.once("listening", resolve));
  const { port } = taken.address() as { port: number };
  await using semel = new Semel(["dev", "--data", await folder(), ...FREE, "--gateway-port", String(port)]);
  assert.equal(await semel.ends(), 1);
  assert.match(
    semel.output,
    new RegExp(`^semel: port 127\\.0\\.0\\.1:${port} is in use\\. End what listens there`, "m"),
  );
  taken.close();
});

test("a second process on the same store, a foreign file, a missing folder and another naming secret are refused", async () => {
  const data = await folder();
  {
    await using owner = dev(data);
    await gatewayOf(owner);
    await using second = dev(data);
    assert.equal(await second.ends(), 1);
    assert.match(second.output, /^semel: .*bank\.db/m);
    await owner.stop();
  }
  await writeFile(join(data, "secrets/naming"), "another-naming-secret-of-32-bytes-or-more\n");
  await using renamed = dev(data);
  assert.equal(await renamed.ends(), 1);
  assert.match(renamed.output, /naming secret/);

  const foreign = await folder();
  await writeFile(join(foreign, "bank.db"), "this is not a database, and longer than a header of one\n".repeat(100));
  await using refused = dev(foreign);
  assert.equal(await refused.ends(), 1);
  assert.match(refused.output, /^semel: .*bank\.db/m);
});

test("a folder where the log or a secret should be is one sentence, before anything is started", async () => {
  for (const name of ["semel.log", "secrets/naming"]) {
    const data = await folder();
    await mkdir(join(data, name), { recursive: true });
    await using semel = dev(data);
    assert.equal(await semel.ends(), 1);
    assert.match(
      semel.output,
      /^semel: the system refuses it \(EISDIR: .*\)\. A folder is where a file should be: .*\.\n$/,
    );
    assert.ok(semel.output.includes(`'${join(data, name)}'`), semel.output);
  }
});

test("a data folder that cannot be written is one sentence", {
  skip: process.getuid?.() === 0 ? "root may write everywhere" : false,
}, async () => {
  const data = await folder();
  await chmod(data, 0o500);
  await using semel = dev(join(data, "inside"));
  assert.equal(await semel.ends(), 1);
  assert.match(
    semel.output,
    /^semel: the system refuses it \(EACCES: .*\)\. Give this process the right to it, or choose/m,
  );
});

test("a data folder where no folder can be made is one sentence, at once", {
  skip: process.platform === "linux" ? false : "there is no /proc here",
  timeout: 20_000,
}, async () => {
  await using semel = dev("/proc/semel-test");
  assert.equal(await semel.ends(), 1);
  assert.match(
    semel.output,
    /^semel: the system refuses it \(ENOENT: .*'\/proc\/semel-test'\)\. Correct the path: .*takes no folders\.\n$/,
  );
});
