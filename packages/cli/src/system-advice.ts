const PERMISSION = "Give this process the right to it, or choose a path or port that it owns.";
const NO_FOLDER = "Correct the path: a part of it is a file, is not there, or takes no folders.";

/** What to do about an error of the operating system that says itself what is wrong. */
const ADVICE: Readonly<{ [code: string]: string }> = {
  EACCES: PERMISSION,
  EPERM: PERMISSION,
  ENOENT: NO_FOLDER,
  ENOTDIR: NO_FOLDER,
  EEXIST: NO_FOLDER,
  EISDIR: "A folder is where a file should be: give another path, or move the folder away.",
  EROFS: "The file system is read-only: choose a path on another one.",
  ENOSPC: "The disk is full: make room on it.",
  EDQUOT: "The quota is used up: make room, or raise it.",
  EMFILE: "Too many files are open: raise the limit (ulimit -n).",
  ENFILE: "Too many files are open on this machine: end some other process.",
  EADDRNOTAVAIL: "This machine has no such address: correct it.",
  ENOTFOUND: "The host has no address: correct its name.",
  EAI_AGAIN: "The name server does not answer: try again, or give an IP address.",
};

/** null: nothing that a sentence could help with. */
export function systemAdvice(code: string): string | null {
  return ADVICE[code] ?? null;
}
