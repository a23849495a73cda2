#!/usr/bin/env node
import { readFileSync } from "node:fs";
import { CHECK } from "./check-command.ts";
import type { SemelCommand } from "./command.ts";
import { DEV } from "./dev/command.ts";
import { explain } from "./explain.ts";
import { KEYS } from "./keys/command.ts";
import { START } from "./start-command.ts";
import { STORE } from "./store/command.ts";

const COMMANDS: readonly SemelCommand[] = [DEV, START, CHECK, KEYS, STORE];

/** The package's own, which stands beside the sources and beside what is built of them. */
const PACKAGE = new URL("../package.json", import.meta.url);

const [name = "help", ...rest] = process.argv.slice(2);
const command = COMMANDS.find((it) => it.name === name);
if (name === "--version") {
  console.log((JSON.parse(readFileSync(PACKAGE, "utf8")) as { version: string }).version);
} else if (command === undefined) {
  const asked = ["help", "--help", "-h"].includes(name);
  (asked ? console.log : console.error)(asked ? usage() : `semel: there is no command ${name}.\n\n${usage()}`);
  process.exitCode = asked ? 0 : 2;
} else {
  try {
    process.exitCode = rest.includes("--help") ? help(command) : await command.run(rest);
  } catch (error) {
    const { text, exitCode } = explain(error, command);
    console.error(text);
    process.exitCode = exitCode;
  }
}

function usage(): string {
  const lines = COMMANDS.map((it) => `  ${`semel ${it.name}`.padEnd(14)} ${it.summary}`);
  return `Semel makes a retried payment take effect once.\n\n${lines.join("\n")}\n\nsemel COMMAND --help says more, semel --version which one this is.`;
}

function help({ usage: text }: SemelCommand): number {
  console.log(text);
  return 0;
}
