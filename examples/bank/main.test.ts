import assert from "node:assert/strict";
import { execFile, spawn } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { test } from "node:test";
import { createBank } from "./bank.ts";
import { call, order } from "./call.ts";

const main = join(import.meta.dirname, "main.ts");

type Ran = Readonly<{ code: number | string | null | undefined; stdout: string; stderr: string }>;

function run(...args: string[]): Promise<Ran> {
  return new Promise((resolve) => {
    execFile(process.execPath, [main, ...args], (error, stdout, stderr) => {
      resolve({ code: error ? error.code : 0, stdout, stderr });
    });
  });
}

test("a wrong command line is explained and nothing is started", async () => {
  const wrong: [string[], RegExp][] = [
    [["--prot", "1"], /Unknown option '--prot'/],
    [["7302"], /Unexpected argument '7302'/],
    [["--port", "70000"], /--port must be an integer from 0 to 65535, not "70000"/],
    [["--slow", "200"], /--slow must be a time/],
    [["--drop-rate", "10"], /--drop-rate must be a number from 0 to 1/],
    [["--window", "1h"], /--window needs --honour-keys/],
  ];
  for (const [args, message] of wrong) {
    const { code, stdout, stderr } = await run(...args);
    assert.equal(code, 2);
    assert.match(stderr, message);
    assert.equal(stdout, "");
  }
});

test("a port in use is named", async () => {
  const bank = await createBank();
  const { code, stderr } = await run("--port", String(bank.port));
  assert.equal(code, 1);
  assert.equal(stderr, `bank: port ${bank.port} is in use; choose another one with --port\n`);
  await bank.close();
});

test("the help names every option", async () => {
  const { code, stdout } = await run("--help");
  assert.equal(code, 0);
  for (const option of ["port", "data", "honour-keys", "window", "ask-delay", "slow", "drop-rate", "seed"]) {
    assert.match(stdout, new RegExp(`--${option} `));
  }
});

test("the options reach the bank, and a signal lets a running request end", async () => {
  const args = ["--port", "0", "--honour-keys", "--window", "1h", "--slow", "200ms", "--ask-delay", "1h"];
  const child = spawn(process.execPath, [main, ...args], { stdio: ["ignore", "pipe", "inherit"] });
  const [line] = await once(child.stdout, "data");
  const url = /http:\S+\d/.exec(String(line))?.[0];
  const started = performance.now();
  await call(`${url}/payments`, { body: order, key: "k-1" });
  assert.ok(performance.now() - started >= 190);
  assert.equal((await call(`${url}/payments`, { body: order, key: "k-1" })).headers["idempotent-replayed"], "true");
  assert.equal((await call(`${url}/payments?key=k-1`)).text, '{"data":[],"hasMore":false}');
  const last = call(`${url}/payments`, { body: order, key: "k-2", fault: "slow=300" });
  await call(`${url}/payments?key=none`, { fault: "slow=50" });
  child.kill("SIGTERM");
  const [code] = await once(child, "exit");
  assert.equal(code, 0);
  assert.equal((await last).status, 201);
});
