import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { symlinkSync } from "node:fs";
import { join } from "node:path";
import test from "node:test";
import { withTree } from "./tidy/tree.ts";

const REPO = join(import.meta.dirname, "..");

const sound = `
import test from "node:test";
import { swap } from "./swap.ts";
test("is awaited by the runner", async () => {
  await swap();
});
void swap();
`;

const forgotten: Record<string, string> = {
  "a call of our own": `import { swap } from "./swap.ts";\nswap();\n`,
  "a call of Node": `import { rm } from "node:fs/promises";\nrm("x");\n`,
  "a call of another package": `import { swap } from "@semel/core/swap";\nswap();\n`,
  "a promise as a condition": `import { swap } from "./swap.ts";\nif (swap()) throw new Error("always");\n`,
  "an async function where nobody waits": `import { swap } from "./swap.ts";\n[1].forEach(async () => {\n  await swap();\n});\n`,
};

const SWAP = "export async function swap(): Promise<boolean> {\n  return await Promise.resolve(true);\n}\n";

function lint(root: string): { code: number | null; text: string } {
  symlinkSync(join(REPO, "node_modules/@types"), join(root, "node_modules/@types"));
  const args = [join(REPO, "node_modules/.bin/oxlint"), "--type-aware", "-c", join(REPO, ".oxlintrc.json"), "plant.ts"];
  const { status, stdout } = spawnSync(process.execPath, args, {
    cwd: root,
    encoding: "utf8",
    env: { ...process.env, PATH: `${join(REPO, "node_modules/.bin")}:${process.env["PATH"]}` },
  });
  return { code: status, text: stdout };
}

function plant(text: string): Record<string, string> {
  return {
    "plant.ts": text,
    "swap.ts": SWAP,
    "tsconfig.json": `{ "extends": "${REPO}/tsconfig.base.json", "compilerOptions": { "types": ["node"] } }`,
    "node_modules/@semel/core/package.json": `{ "name": "@semel/core", "exports": { "./swap": { "semel-source": "./swap.ts" } } }`,
    "node_modules/@semel/core/swap.ts": SWAP,
  };
}

test("an awaited promise passes", async () => {
  const { code, text } = await withTree(plant(sound), lint);
  assert.equal(code, 0, text);
});

for (const [what, text] of Object.entries(forgotten)) {
  test(`a forgotten promise is seen: ${what}`, async () => {
    const found = await withTree(plant(text), lint);
    assert.equal(found.code, 1, found.text);
    assert.match(found.text, /no-(floating|misused)-promises/);
  });
}
