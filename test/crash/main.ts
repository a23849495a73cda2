import { judge } from "./case.ts";
import { type GroundName, readFlags, UsageError } from "./flags.ts";
import { onGround } from "./ground.ts";
import { type Failed, type Matrix, runMatrix } from "./matrix.ts";
import { BLOWS } from "./strike.ts";

try {
  const flags = readFlags(process.argv.slice(2));
  const done: Matrix[] = [];
  for (const name of flags.grounds) {
    const began = performance.now();
    const matrix = await onGround(name, async (ground) => {
      const ran = await runMatrix(ground, flags.doubles, flags.seed);
      const [first] = ran.failed;
      if (first !== undefined && !flags.json) await show(first, name, (one) => judge(one, ground, true));
      return ran;
    });
    if (!flags.json) report(name, matrix, (performance.now() - began) / 1_000);
    done.push(matrix);
  }
  const total = (pick: (matrix: Matrix) => number): number => done.reduce((sum, matrix) => sum + pick(matrix), 0);
  const [violations, unexplained] = [total((m) => m.violations), total((m) => m.unexplained)];
  const idle = done.some(({ struck }) => BLOWS.some((blow) => (struck[blow] ?? 0) === 0));
  if (flags.json) {
    console.log(
      JSON.stringify({ points: total((m) => m.points), cases: total((m) => m.cases), violations, unexplained }),
    );
  }
  if (violations > 0 || unexplained > 0 || idle) process.exitCode = 1;
} catch (error) {
  if (!(error instanceof UsageError)) throw error;
  console.error(error.message);
  process.exitCode = 2;
}

function report(name: GroundName, { points, cases, violations, unexplained, struck }: Matrix, seconds: number): void {
  console.log(`${name}: ${BLOWS.map((blow) => `${blow} ${struck[blow] ?? 0}`).join(", ")}`);
  const bad = `${violations} violations, ${unexplained} neither settled nor in doubt`;
  console.log(`${name}: ${points} calls of ports, ${cases} cases in ${seconds.toFixed(1)} s, ${bad}`);
}

async function show(
  failed: Failed,
  name: GroundName,
  again: (one: Failed["case"]) => ReturnType<typeof judge>,
): Promise<void> {
  const { script, ladder, blows } = failed.case;
  const { calls, violations, notes } = await again(failed.case);
  const at = [...blows].map(([index, blow]) => `${blow} of call ${index} (${calls[index] ?? "never made"})`);
  console.log(`${name}, ${script.name}, ${ladder}: ${at.join(", then ")}`);
  for (const note of notes) console.log(`${String(note.at).padStart(8)} ${note.text}`);
  for (const { invariant, what } of violations) console.log(`BROKEN ${invariant}: ${what}`);
}
