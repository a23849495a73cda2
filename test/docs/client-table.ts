import { errorAnswer, IETF, NO_FACTS, type Profile, SITUATIONS, type Situation, STRIPE } from "@semel/core/record";
import Stripe from "stripe";
import { pageOf } from "./markdown.ts";
import { sdkMeets } from "./stripe-sdk.ts";

const HEAD = "situation, `ietf`, `stripe`, stripe-node";

/** What is wrong with the table of what clients see, as `line: complaint`. */
export async function clientComplaints(readme: string): Promise<string[]> {
  const table = pageOf(readme).tables.find(({ head }) => head.join(", ") === HEAD);
  if (table === undefined) return ["1: there is no table of what clients see"];
  const told = table.rows.map(({ cells }) => /\(`(\w+)`\)/.exec(cells[0] ?? "")?.[1]);
  const client = `stripe-node ${Stripe.PACKAGE_VERSION}`;
  const other = readme.includes(client) ? [] : [`${table.line}: the client is ${client}`];
  const missing = SITUATIONS.filter((situation) => !told.includes(situation));
  const rows = await Promise.all(
    table.rows.map(async ({ cells: [, ...seen], line }, at) => {
      const situation = SITUATIONS.find((it) => it === told[at]);
      if (situation === undefined) return [`${line}: ${told[at]} is no situation`];
      const expected = [ietfCell(situation), stripeCell(situation), sdkCell(await sdkMeets(situation))];
      return expected.flatMap((cell, column) =>
        cell === seen[column] ? [] : [`${line}: ${situation} is ${cell}, not ${seen[column]}`],
      );
    }),
  );
  return [...other, ...missing.map((situation) => `${table.line}: ${situation} is missing`), ...rows.flat()];
}

function ietfCell(situation: Situation): string {
  const seen = answerOf(IETF, situation);
  if (seen === null) return PASSED;
  return `${seen.status} \`${seen.code}\`${seen.retryAfter ? ", `Retry-After`" : ""}`;
}

function stripeCell(situation: Situation): string {
  const seen = answerOf(STRIPE, situation);
  if (seen === null) return PASSED;
  return `${seen.status} \`${seen.type}\`, ${seen.shouldRetry === true ? "retry" : "no retry"}`;
}

function sdkCell(met: string): string {
  return met.replace(/^Stripe\w+/, (name) => `\`${name}\``);
}

const PASSED = "passed on, marked `ignored`";

function answerOf(profile: Profile, situation: Situation) {
  const answer = errorAnswer(profile, situation, NO_FACTS);
  if (answer.kind === "pass") return null;
  const { code, error } = JSON.parse(answer.body) as { code: string; error?: { type: string } };
  return { ...answer, code, type: error?.type ?? "" };
}
