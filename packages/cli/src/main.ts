#!/usr/bin/env node
import { CHECK } from "./check-command.ts";
import type { SemelCommand } from "./command.ts";
import { DEV } from "./dev/command.ts";
import { explain } from "./explain.ts";
import { KEYS } from "./keys/command.ts";
import { START } from "./start-command.ts";

const COMMANDS: readonly SemelCommand[] = [DEV, START, CHECK, KEYS];

const [name = "help", ...rest] = process.argv.slice(2);
const command = COMMANDS.find((it) => it.name === name);
if (command === undefined) {
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
  return `Semel makes a retried payment take effect once.\n\n${lines.join("\n")}\n\nsemel COMMAND --help says more.`;
}

function help({ usage: text }: SemelCommand): number {
  console.log(text);
  return 0;
}
