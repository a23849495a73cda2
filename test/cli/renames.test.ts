import assert from "node:assert/strict";
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { test } from "node:test";
import { withTree } from "../tidy/tree.ts";
import { Semel } from "./semel.ts";

const SECRET = "a-secret-of-the-tests-with-32-bytes-or-more";
const CONFIG = `version: 1
listen: { gateway: "127.0.0.1:0", admin: "127.0.0.1:0" }
secrets:
  naming: \${file:./secret}
  fingerprint: { current: f1, keys: { f1: "\${file:./secret}" } }
  sealing: { current: s1, keys: { s1: "\${file:./secret}" } }
admin: { tokens: [{ name: ana, role: operator, secret: "\${file:./secret}" }] }
accounts: single
upstreams:
  bank: { url: "http://127.0.0.1:9" }
routes:
  - match: POST /payments
    upstream: bank
`;

async function starts(file: string): Promise<void> {
  await using semel = new Semel(["start", "-c", file]);
  await semel.says(/^gateway +\S+$/m);
  assert.equal(await semel.stop(), 0, semel.output);
}

test("start refuses a file that renames keys with the command that accepts it, and takes it after that", async () => {
  await withTree({ secret: SECRET, "semel.yaml": CONFIG }, async (folder) => {
    const file = join(folder, "semel.yaml");
    await starts(file);
    await writeFile(file, CONFIG.replace("POST /payments", "POST /pay"));
    await using refused = new Semel(["start", "-c", file]);
    assert.equal(await refused.ends(), 1);
    const [head, rename, advice] = refused.output.trim().split("\n");
    assert.equal(head, "semel: The configuration renames keys:");
    assert.match(rename!, /^ {2}- Requests of route POST \/payments .* Keep the route\.$/);
    assert.ok(advice!.startsWith(`If that is meant, \`semel check -c ${file} --accept-renames\` says`), advice);
    await using checked = new Semel(["check", "-c", file]);
    assert.equal(await checked.ends(), 2);
    await using accepted = new Semel(["check", "-c", file, "--accept-renames"]);
    assert.equal(await accepted.ends(), 0, accepted.output);
    await starts(file);
  });
});
