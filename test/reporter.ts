import { relative } from "node:path";
import type { EventData } from "node:test";
import type { TestEvent } from "node:test/reporters";
import { inspect } from "node:util";

/** What one test file came to. Only leaves count: a suite, or a test that only holds others, is neither passed nor failed. */
export type Report = { file: string; passed: number; failed: number; skipped: number; ms: number; text: string };

type RunnerError = Error & { failureType?: string; exitCode?: number | null; signal?: string | null };
type Result = EventData.TestPass | EventData.TestFail;

/** `file` is relative to the working directory: that is how the runner names a file that fails as a whole. */
export async function reportOn(file: string, events: AsyncIterable<TestEvent>): Promise<Report> {
  const report: Report = { file, passed: 0, failed: 0, skipped: 0, ms: 0, text: "" };
  const parents = new Set<number | undefined>();
  let output = "";
  let ended = false;

  for await (const { type, data } of events) {
    if (type === "test:stdout" || type === "test:stderr" || type === "test:diagnostic") {
      if (data.file !== undefined) output += type === "test:diagnostic" ? `${data.message}\n` : data.message;
    } else if (type === "test:summary" && data.file !== undefined) {
      ended = true;
    } else if (type === "test:pass" || type === "test:fail") {
      const ofFile = data.name === file && data.nesting === 0;
      if (ofFile) report.ms = data.details.duration_ms;
      if (ofFile && type === "test:pass") continue;
      if (ofFile) ended = true;
      else parents.add(data.parentId);
      count(report, data, type === "test:fail", !ofFile && parents.has(data.testId));
    } else if (type === "test:summary") {
      report.ms = data.duration_ms;
    }
  }

  if (report.passed + report.failed + report.skipped === 0) fail(report, file, "this file holds no test");
  else if (!ended) fail(report, file, "the process ended before its tests did");
  if (report.failed > 0 && output !== "") report.text += `${indent(`output of ${file}:\n${output.trimEnd()}`)}\n`;
  return report;
}

function count(report: Report, result: Result, failed: boolean, isParent: boolean): void {
  const where = `${relative(process.cwd(), result.file ?? report.file)}:${result.line ?? 1}:${result.column ?? 1}`;
  const reason = result.skip ?? result.todo;
  if (reason !== undefined) {
    report.skipped += 1;
    report.text += `SKIPPED ${where} ${result.name}: ${reason === true ? "no reason given" : reason}\n`;
  } else if (failed) {
    if (!onlyChildrenFailed(result)) fail(report, `${where} ${result.name}`, causeOf(result));
  } else if (!isParent && result.details.type !== "suite") {
    report.passed += 1;
  }
}

function fail(report: Report, title: string, detail: string): void {
  report.failed += 1;
  report.text += `FAILED ${title}\n${indent(detail)}\n`;
}

function onlyChildrenFailed(result: Result): boolean {
  return errorOf(result)?.failureType === "subtestsFailed";
}

function causeOf(result: Result): string {
  const error = errorOf(result);
  if (error?.exitCode != null) return `the process ended with exit code ${error.exitCode}`;
  if (error?.signal != null) return `the process was ended by ${error.signal}`;
  if (error?.failureType === "testAborted") return "no sign of life: a test, a timer or a socket keeps the process up";
  const cause = error?.cause instanceof Error ? inspect(error.cause, { colors: false }) : String(error?.cause);
  return cause.replace(/^ +at .*\bnode:.*\d\)?\n/gm, "");
}

function errorOf(result: Result): RunnerError | undefined {
  return "error" in result.details ? result.details.error : undefined;
}

function indent(text: string): string {
  return text.replace(/^/gm, "    ");
}
