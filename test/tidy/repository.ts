import { execFileSync } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import type { Source } from "./check.ts";

const ROOT = join(import.meta.dirname, "../..");
const BINARY = /\.(png|jpg|gif|ico|woff2?|gz|db|pdf)$/;

/** Every text file that is committed, or is about to be. */
export function readRepository(): Source[] {
  const listed = execFileSync("git", ["ls-files", "-coz", "--exclude-standard"], { cwd: ROOT, encoding: "utf8" });
  return listed
    .split("\0")
    .filter((path) => path !== "" && !BINARY.test(path) && existsSync(join(ROOT, path)))
    .map((path) => ({ path, text: readFileSync(join(ROOT, path), "utf8") }));
}
