import { spawnSync } from "node:child_process";
import { chmodSync, readFileSync, rmSync } from "node:fs";
import { packagesInOrder } from "./packages.ts";

for (const { name, folder } of packagesInOrder()) {
  rmSync(`${folder}/dist`, { recursive: true, force: true });
  const args = ["node_modules/.bin/tsc", "-p", `${folder}/tsconfig.build.json`];
  const { status } = spawnSync(process.execPath, args, { stdio: "inherit" });
  if (status !== 0) process.exit(1);
  // npm links only a command that is there, so `prepare` has it link again after this; its mode is left to us.
  const { bin = {} } = JSON.parse(readFileSync(`${folder}/package.json`, "utf8")) as {
    bin?: { [name: string]: string };
  };
  for (const file of Object.values(bin)) chmodSync(`${folder}/${file}`, 0o755);
  console.log(`built ${name}`);
}
