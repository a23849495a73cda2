import { randomBytes } from "node:crypto";
import { chmod, open, stat, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { makeFolder } from "../folder.ts";

/** What `semel dev` keeps in its data folder, beside the store and the demo bank's ledger. */
const SECRETS = ["secrets/naming", "secrets/f1", "secrets/s1", "admin.token"] as const;
const SECRET_BYTES = 32;

/** Makes the folder and the secrets that are not there yet, readable by their owner only. What is there is kept. */
export async function prepareFolder(folder: string): Promise<void> {
  await makeFolder(join(folder, "secrets"), 0o700);
  await chmod(folder, 0o700);
  for (const name of SECRETS) await makeSecret(join(folder, name));
}

/** Whether a secret is still to be made: until then nothing can be started with a configuration that names it. */
export async function lacksSecrets(folder: string): Promise<boolean> {
  const found = await Promise.all(SECRETS.map((name) => stat(join(folder, name)).catch(() => null)));
  return found.includes(null);
}

async function makeSecret(path: string): Promise<void> {
  try {
    await writeFile(path, `${randomBytes(SECRET_BYTES).toString("base64url")}\n`, { flag: "wx", mode: 0o600 });
  } catch (error) {
    // Another naming secret would name every key anew: a secret that exists is never replaced.
    if ((error as NodeJS.ErrnoException).code !== "EEXIST") throw error;
    await readable(path);
  }
}

async function readable(path: string): Promise<void> {
  const file = await open(path, "r");
  try {
    if ((await file.stat()).isDirectory())
      throw Object.assign(new Error(`EISDIR: is a folder, open '${path}'`), { code: "EISDIR" });
  } finally {
    await file.close();
  }
}
