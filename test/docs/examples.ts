import { spawnSync } from "node:child_process";
import { join } from "node:path";
import { pageOf } from "./markdown.ts";

const ROOT = join(import.meta.dirname, "../..");

/** Each `ts` block of a page is run, and prints what the block after it says. */
export function exampleComplaints(page: string): string[] {
  const { fences } = pageOf(page);
  return fences.flatMap(({ info, text, line }, at) => {
    if (info !== "ts") return [];
    const args = ["-C", "semel-source", "--input-type=module-typescript", "-e", text];
    const ran = spawnSync(process.execPath, args, { cwd: ROOT, encoding: "utf8", timeout: 30_000 });
    const { status, stdout, stderr } = ran;
    const expected = fences[at + 1]?.info === "" ? fences[at + 1]!.text : "";
    return status === 0 && stdout.trim() === expected.trim()
      ? []
      : [`${line}: prints\n${stdout}${stderr}\nnot\n${expected}`];
  });
}
