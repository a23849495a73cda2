import { execFile } from "node:child_process";
import { existsSync, mkdirSync, mkdtempSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { promisify } from "node:util";
import { cacheFolder } from "../folders.ts";
import { tell } from "../tell.ts";
import { type Bundle, pomOf } from "./pom.ts";

const run = promisify(execFile);
/** 70 MB from a slow mirror; more means that nobody answers. */
const DOWNLOADS_WITHIN_MS = 10 * 60_000;

export function jarsAreHere(bundle: Bundle): boolean {
  return existsSync(jarFolder(bundle));
}

/** The folder that holds all jars of a bundle, which are downloaded once. */
export async function jarsOf(bundle: Bundle): Promise<string> {
  if (!jarsAreHere(bundle)) await inTurn(() => download(bundle));
  return jarFolder(bundle);
}

let last: Promise<unknown> = Promise.resolve();

/** Two Mavens at once damage the folder in which both keep what they downloaded. */
function inTurn(work: () => Promise<void>): Promise<void> {
  const mine = last.then(work);
  last = mine.catch(() => {});
  return mine;
}

/** Beside its place and then moved there: what is in its place is whole. */
async function download(bundle: Bundle): Promise<void> {
  tell(bundle.name, `downloading version ${bundle.version} from Maven Central`);
  mkdirSync(cacheFolder(), { recursive: true });
  const folder = mkdtempSync(join(cacheFolder(), `download-${bundle.name}-`));
  try {
    writeFileSync(join(folder, "pom.xml"), pomOf(bundle));
    const jars = join(folder, "jars");
    const args = ["-q", "-B", "--strict-checksums", "dependency:copy-dependencies", "-DincludeScope=runtime"];
    await run("mvn", [...args, `-DoutputDirectory=${jars}`], { cwd: folder, timeout: DOWNLOADS_WITHIN_MS });
    if (!jarsAreHere(bundle)) renameSync(jars, jarFolder(bundle));
  } catch (error) {
    throw new Error(`Maven could not download ${bundle.name} ${bundle.version}: ${firstError(error)}`);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

function firstError(error: unknown): string {
  const { stdout = "", message } = error as Error & { stdout?: string };
  return stdout.split("\n").find((line) => line.startsWith("[ERROR]")) ?? message;
}

function jarFolder({ name, version }: Bundle): string {
  return join(cacheFolder(), `${name}-${version}`);
}
