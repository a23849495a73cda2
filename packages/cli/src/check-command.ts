import { parseArgs } from "node:util";
import colors from "picocolors";
import { check } from "./check.ts";
import { type SemelCommand, UsageError } from "./command.ts";

const USAGE = `semel check [-c] semel.yaml [--accept-renames]

  -c, --config FILE    the configuration
  --accept-renames     the keys that this file renames are meant to be: says which, and what that means for retries, and
                       records the new names, so that semel start takes them

Prints what is in force on each route and where every value comes from, its guarantee with the assumptions, and its chain
of timeouts. Exit code 2: the file is wrong, or renames keys. 1: it loads, but a time that it declares contradicts another.`;

/** `semel check`: what a configuration means, before it does. */
export const CHECK: SemelCommand = {
  name: "check",
  summary: "say what a configuration promises, or what is wrong with it",
  usage: USAGE,
  run: async (argv) => {
    const { values, positionals } = parseArgs({
      args: argv,
      allowPositionals: true,
      options: {
        config: { type: "string", short: "c" },
        "accept-renames": { type: "boolean", default: false },
      },
    });
    const [path, ...more] = [...(values.config === undefined ? [] : [values.config]), ...positionals];
    if (path === undefined) throw new UsageError("needs a configuration: semel check semel.yaml");
    if (more.length > 0) throw new UsageError(`takes one configuration, and is given ${more.length + 1}`);
    const acceptRenames = values["accept-renames"];
    const { exitCode, text } = await check(path, { env: process.env, colors, acceptRenames });
    (exitCode === 2 ? console.error : console.log)(text);
    return exitCode;
  },
};
