import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { whyNot } from "./docs/proofs.ts";
import { mutantComplaints, reliabilityComplaints, TABLES, withMutants } from "./docs/reliability.ts";
import { MUTANTS } from "./simulation/mutants/index.ts";
import { readRepository } from "./tidy/repository.ts";

const PAGE = readFileSync(join(import.meta.dirname, "../RELIABILITY.md"), "utf8");
const repository = readRepository();
const complaints = (page: string): string => reliabilityComplaints(page, repository).join("\n");

test("each failure point, hazard and invariant stands once, and has a proof that is there", () => {
  assert.deepEqual(reliabilityComplaints(PAGE, repository), []);
});

// What nobody proves is a debt: it is told as a skipped test, with every run.
for (const number of TABLES.flatMap((table) => table.open)) {
  test(`${number} has a proof`, { skip: "NO TEST YET" }, () => {});
}

test("the mutants on the page are those that the simulation hunts (if not: node test/docs/reliability.ts --write)", () => {
  assert.deepEqual(mutantComplaints(PAGE), []);
});

function changed(from: string | RegExp, to: string): string {
  const page = PAGE.replace(from, () => to);
  assert.notEqual(page, PAGE, `the page has no ${from}`);
  return page;
}

test("a planted fault is seen: a row without a proof, or with an excuse that it has not", () => {
  assert.match(complaints(changed(/^(\| 45 \| [^|]+\| [^|]+)\|.*$/m, "| 45 | a | b | |")), /45 has no proof/);
  assert.match(complaints(changed(/^\| 45 \|.*$/m, "| 45 | a | not there yet: c | |")), /45 has no proof/);
  assert.match(
    complaints(changed(/^\| 45 \|.*$/m, "| 45 | a | b | no test yet |")),
    /45 says "no test yet", or should/,
  );
  assert.match(complaints(changed(/^\| 29 \|.*$/m, "| 29 | a | b | |")), /29 does not say what is not there yet/);
  const proof = '[`test/run.ts`](test/run.ts) "import"';
  assert.match(
    complaints(changed(/^\| 29 \|.*$/m, `| 29 | a | not there yet: b | ${proof} |`)),
    /29 is excused, and has/,
  );
  assert.match(complaints(changed(/^\| 45 \|.*$/m, `| 45 | a | ${proof} |`)), /45 has 3 cells/);
});

test("a planted fault is seen: a number that is missing, twice, or none", () => {
  assert.match(complaints(changed(/^\| 7 \|.*\n/m, "")), /7 stands 0 times/);
  assert.match(complaints(changed("| H7 |", "| H8 |")), /H7 stands 0 times[\s\S]*H8 stands 2 times/);
  assert.match(complaints(changed("| I7 |", "| I77 |")), /I77 is no number of this table/);
  assert.match(
    complaints(changed("| # | what happens |", "| number | what happens |")),
    /there is no table with the head #/,
  );
});

test("a planted fault is seen: a file that is not there, a title that is gone, a link without words", () => {
  const row = (proof: string): string => complaints(changed(/^\| 45 \|.*$/m, `| 45 | a | b | ${proof} |`));
  const path = "test/engine/gone.test.ts";
  const title = "has its answer written all the same once its claim has left";
  assert.equal(row(`[\`${path}\`](${path}) "${title}"`), "");
  assert.match(row(`[\`${path}x\`](${path}x) "${title}"`), /links test\/engine\/gone\.test\.tsx, which is not there/);
  assert.match(
    row(`[\`${path}\`](test/run.ts) "${title}"`),
    /shows test\/engine\/gone\.test\.ts and links test\/run\.ts/,
  );
  assert.match(row(`[\`${path}\`](${path}) "${title} again"`), /quotes "has its .* again", which is not in/);
  assert.match(
    row(`[\`${path}\`](${path}) "${title}", "nobody has left"`),
    /quotes "nobody has left", which is not in/,
  );
  assert.match(row(`[\`${path}\`](${path})`), /without the words that prove it/);
});

test("a planted fault is seen: words that are in a test file, and are no title of a test", () => {
  const texts = new Map([["a.test.ts", '// is paid once\ntest("is asked", () => {});\nconst no = "is paid once";\n']]);
  const proof = (word: string) => ({ label: "a.test.ts", path: "a.test.ts", words: [word] });
  assert.deepEqual(whyNot(proof("is asked"), texts, []), []);
  assert.match(whyNot(proof("is paid once"), texts, []).join(), /which is not in a\.test\.ts/);
});

test("a planted fault is seen: a mutant that lives is taken for a proof, or a word for a mutant", () => {
  const path = "test/simulation/mutants/peers.ts";
  const texts = new Map([[path, "fails-open other"]]);
  const proof = (word: string) => ({ label: path, path, words: [word] });
  const mutant = MUTANTS.find(({ name }) => name === "fails-open")!;
  assert.deepEqual(whyNot(proof("fails-open"), texts, MUTANTS), []);
  assert.match(whyNot(proof("other"), texts, MUTANTS).join(), /takes "other" for a mutant/);
  assert.match(whyNot(proof("fails-open"), texts, [{ ...mutant, verdict: "so" }]).join(), /for a proof, which lives/);
});

test("a planted fault is seen: a mutant that has another origin, effect or verdict, is new, or is gone", () => {
  const [first, ...others] = MUTANTS;
  for (const change of [{ origin: "else" }, { does: "else" }, { verdict: "else" }, { name: "else" }]) {
    assert.notDeepEqual(mutantComplaints(PAGE, [{ ...first!, ...change }, ...others]), []);
  }
  assert.match(mutantComplaints(PAGE, others).join("\n"), /is no mutant of today/);
  assert.match(mutantComplaints(PAGE, [...MUTANTS, { ...first!, name: "new" }]).join("\n"), /is missing: \| `new`/);
  assert.match(mutantComplaints(changed("<!-- /mutants -->", "")).join(), /there is no block/);
  const twice = changed(/^\| `fails-open`.*\n/m, "| `fails-open` | a | b | killed |\n");
  assert.notDeepEqual(mutantComplaints(twice), []);
  assert.equal(withMutants(twice), PAGE);
});
