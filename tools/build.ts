import { spawnSync } from "node:child_process";
import { chmodSync, copyFileSync, globSync, mkdirSync, readFileSync, rmSync } from "node:fs";
import { dirname } from "node:path";
import { packagesInOrder } from "./packages.ts";

for (const { name, folder } of packagesInOrder()) {
  rmSync(`${folder}/dist`, { recursive: true, force: true });
  const args = ["node_modules/.bin/tsc", "-p", `${folder}/tsconfig.build.json`];
  const { status } = spawnSync(process.execPath, args, { stdio: "inherit" });
  if (status !== 0) process.exit(1);
  for (const file of globSync(`${folder}/src/**/*.sql`)) {
    const built = file.replace(`${folder}/src/`, `${folder}/dist/`);
    mkdirSync(dirname(built), { recursive: true });
    copyFileSync(file, built);
  }
  // npm links only a command that is there, so `prepare` has it link again after this; its mode is left to us.
  const { bin = {} } = JSON.parse(readFileSync(`${folder}/package.json`, "utf8")) as {
    bin?: { [name: string]: string };
  };
  for (const file of Object.values(bin)) chmodSync(`${folder}/${file}`, 0o755);
  console.log(`built ${name}`);
}
