import type { Accounts } from "../flow/route.ts";
import { readYaml } from "./document.ts";
import type { AccountsFile } from "./file.ts";
import type { Reading } from "./reading.ts";
import { pathOf, readOutside } from "./secret.ts";

/** Whose key it is. */
export function readAccounts(reading: Reading, file: AccountsFile): Accounts {
  if (file === "single") return { kind: "single" };
  if ("credential" in file) {
    reading.warn(
      ["accounts"],
      "names accounts by their credential: whoever rotates it renames all keys, and a retry across the rotation runs twice. { map: FILE } does not",
    );
    return { kind: "credential", header: file.credential.toLowerCase() };
  }
  const header = file.header.toLowerCase();
  if (!("map" in file)) return { kind: "header", header };
  return { kind: "map", header, accounts: readMap(reading, pathOf(reading, file.map)) };
}

/** The file has `CREDENTIAL: ACCOUNT` lines: YAML or JSON, one mapping. */
function readMap(reading: Reading, path: string): ReadonlyMap<string, string> {
  const bytes = readOutside(reading, ["accounts", "map"], path);
  if (bytes === null) return new Map();
  const source = readYaml(new TextDecoder().decode(bytes), path);
  reading.faults.push(...source.faults);
  if (source.faults.length > 0) return new Map();
  const { value } = source;
  const refuse = (at: string[], message: string): void => {
    reading.faults.push({ file: path, path: "", ...source.at(at), message });
  };
  if (typeof value !== "object" || value === null || Array.isArray(value)) {
    refuse([], "must have one line per credential, CREDENTIAL: ACCOUNT");
    return new Map();
  }
  const accounts = new Map<string, string>();
  for (const [credential, account] of Object.entries(value)) {
    // The credential stays out of the message.
    if (typeof account !== "string" || account === "") refuse([credential], "has an account that is no text: quote it");
    else accounts.set(credential, account);
  }
  return accounts;
}
