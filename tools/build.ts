import { spawnSync } from "node:child_process";
import { rmSync } from "node:fs";
import { packagesInOrder } from "./packages.ts";

for (const { name, folder } of packagesInOrder()) {
  rmSync(`${folder}/dist`, { recursive: true, force: true });
  const args = ["node_modules/.bin/tsc", "-p", `${folder}/tsconfig.build.json`];
  const { status } = spawnSync(process.execPath, args, { stdio: "inherit" });
  if (status !== 0) process.exit(1);
  console.log(`built ${name}`);
}
