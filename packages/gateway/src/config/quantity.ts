import type { Path } from "./document.ts";
import type { Reading } from "./reading.ts";

const UNIT_MS: Readonly<{ [unit: string]: number }> = { ms: 1, s: 1_000, m: 60_000, h: 3_600_000, d: 86_400_000 };
const UNIT_BYTES: Readonly<{ [unit: string]: number }> = { B: 1, KiB: 1_024, MiB: 1_024 * 1_024 };

export const DURATION: RegExp = /^(\d{1,9})(ms|s|m|h|d)$/;
export const SIZE: RegExp = /^(\d{1,9})(B|KiB|MiB)$/;

/** What a value may be, and why. */
export type Bound = Readonly<{ min: number; max: number; why: string }>;

/** A time in ms; outside its bound it is refused, and the bound stands in for it. */
export function duration(reading: Reading, path: Path, text: string, bound: Bound): number {
  return within(reading, path, text, parse(text, DURATION, UNIT_MS), bound, durationText);
}

export function size(reading: Reading, path: Path, text: string, bound: Bound): number {
  return within(reading, path, text, parse(text, SIZE, UNIT_BYTES), bound, sizeText);
}

export function count(reading: Reading, path: Path, value: number, bound: Bound): number {
  return within(reading, path, String(value), value, bound, String);
}

function within(
  reading: Reading,
  path: Path,
  text: string,
  value: number,
  { min, max, why }: Bound,
  show: (value: number) => string,
): number {
  if (value >= min && value <= max) return value;
  reading.refuse(path, `is ${text}, and may be ${show(min)} to ${show(max)}: ${why}`);
  return min;
}

function parse(text: string, pattern: RegExp, units: Readonly<{ [unit: string]: number }>): number {
  const [, digits, unit] = pattern.exec(text) ?? [];
  return Number(digits) * (units[unit ?? ""] ?? Number.NaN);
}

/** The largest unit that shows the whole value: 90000 is 90s, 86400000 is 24h, as people write it. */
export function durationText(ms: number): string {
  if (ms > 0 && ms % UNIT_MS["d"]! === 0 && ms > UNIT_MS["d"]!) return `${ms / UNIT_MS["d"]!}d`;
  for (const unit of ["h", "m", "s"]) if (ms > 0 && ms % UNIT_MS[unit]! === 0) return `${ms / UNIT_MS[unit]!}${unit}`;
  return ms === 0 ? "0s" : `${ms}ms`;
}

export function sizeText(bytes: number): string {
  for (const unit of ["MiB", "KiB"]) {
    if (bytes > 0 && bytes % UNIT_BYTES[unit]! === 0) return `${bytes / UNIT_BYTES[unit]!}${unit}`;
  }
  return `${bytes}B`;
}
