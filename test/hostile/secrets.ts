import assert from "node:assert/strict";
import { type Canary, canaries } from "./canaries.ts";
import { Needles } from "./needles.ts";
import { adminAnswers, answering, pay, settle } from "./secret-traffic.ts";
import { SemelProcess } from "./semel-process.ts";
import { StrictUpstream } from "./strict-upstream.ts";

const SETTLED = 5;
const LOOKED_AT = 40;

/** Sends as many customers' secrets through a real gateway, and looks for them in everything that it leaves behind. */
export async function huntSecrets(customers: number): Promise<void> {
  const all = canaries(customers + SETTLED);
  const [paying, written] = [all.slice(0, customers), all.slice(customers)];
  await using upstream = await StrictUpstream.start();
  upstream.answerTo = answering(paying);
  await using gateway = await SemelProcess.start(`accounts: { credential: authorization }
upstreams: { bank: { url: "${upstream.url.href}", accounts: separate, key: forward } }
routes: [{ match: "POST /v1/cards/{card}/charges", upstream: bank }]
`);
  const told = await pay(gateway, paying);
  for (const [at, { card }] of written.entries()) await settle(gateway, told.inDoubt[at]!, card);

  const secrets = new Needles(
    all.flatMap(({ card, answered, code, token, key }) => [card, answered, code, token, key]),
  );
  const looked = told.runs.filter((_, at) => at % Math.ceil(told.runs.length / LOOKED_AT) === 0);
  const viewed = await adminAnswers(gateway, gateway.tokens.viewer, looked);
  const operated = await adminAnswers(gateway, gateway.tokens.operator, looked);
  const traces = [...gateway.traces(), ...named("viewer", viewed), ...named("problem", told.problems)];
  await gateway.stop();
  traces.push(...[...gateway.traces()].map(([name, bytes]) => [`stopped ${name}`, bytes] as const));

  const names = traces.map(([name]) => name);
  for (const name of ["semel.db", "semel.db-wal", "log"])
    assert.ok(names.includes(name), `${name} in ${names.slice(0, 9)}`);
  assert.deepEqual(
    traces.filter(([, bytes]) => secrets.find(bytes).length > 0).map(([name]) => name),
    [],
  );
  assert.ok(told.problems.length > customers / 4, "hardly a problem was told");

  const notForOperators = new Needles(all.flatMap(({ card, answered, code, token }) => [card, answered, code, token]));
  assert.deepEqual(notForOperators.find(Buffer.from(operated.join("\n"))), []);
  requireSight(paying, told.answers, operated);
}

/** The same search finds what may be seen where it may be seen, else it had found nothing because it cannot. */
function requireSight(paying: readonly Canary[], answers: readonly Buffer[], operated: readonly string[]): void {
  const answered = Buffer.concat(answers);
  const found = new Needles(paying.map(({ answered: card }) => card)).find(answered);
  assert.ok(
    found.length > paying.length / 2,
    `only ${found.length} of ${paying.length} cards in the clients' own answers`,
  );
  for (const form of ["base64", "hex"] as const) {
    const hidden = Buffer.from(`.${answered.toString(form)}`);
    const again = new Needles(paying.map(({ answered: card }) => card)).find(hidden);
    assert.ok(again.length >= found.length, `${again.length} of ${found.length} cards as ${form}`);
  }
  const keys = new Needles(paying.map(({ key }) => key)).find(Buffer.from(operated.join("\n")));
  assert.ok(keys.length > 10, "operators are shown the client's key, and it was not found");
}

function named(name: string, texts: readonly (string | Buffer)[]): (readonly [string, Buffer])[] {
  return texts.map((text, at) => [`${name} ${at}`, Buffer.from(text)] as const);
}
