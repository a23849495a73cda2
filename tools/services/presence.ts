import { accessSync, constants } from "node:fs";
import { delimiter, join } from "node:path";
import type { Service } from "./table.ts";

/** Where Debian puts servers, which is not on the PATH of whoever is not root. */
const SERVER_FOLDERS = ["/usr/local/sbin", "/usr/sbin", "/sbin"];

/** Those programs of a service that are not there. */
export function absentOf({ programs }: Pick<Service, "programs">, path: string = process.env["PATH"] ?? ""): string[] {
  return programs.filter((program) => placeOf(program, path) === null);
}

/** Where a program is, null: nowhere. */
export function placeOf(program: string, path: string = process.env["PATH"] ?? ""): string | null {
  const folders = [...path.split(delimiter).filter((folder) => folder !== ""), ...SERVER_FOLDERS];
  return folders.map((folder) => join(folder, program)).find(isExecutable) ?? null;
}

function isExecutable(file: string): boolean {
  try {
    accessSync(file, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}
