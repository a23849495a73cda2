import type { ModelResult, VariantResult } from "./job.ts";

export const HEADINGS = {
  models: `${"model".padEnd(30)}${"N".padStart(3)}${"states".padStart(12)}${"seconds".padStart(9)}${"MB".padStart(7)}  result`,
  variants: "\nKnown wrong variants: each must break a property",
} as const;

export function modelLine({ model, verdict, failure }: ModelResult): string {
  const states = verdict.states.toLocaleString("en");
  const figures = [
    model.name.padEnd(30),
    String(model.search.n).padStart(3),
    states.padStart(12),
    verdict.seconds.toFixed(1).padStart(9),
    verdict.megabytes.toFixed(0).padStart(7),
  ];
  return `${figures.join("")}  ${failure === null ? "holds" : `FAILS: ${failure}`}`;
}

/** A sentence and a story that can be read without knowing SPIN. */
export function variantLines({ variant, found, failure }: VariantResult): string[] {
  const title = `${variant.model}, ${variant.name}: ${variant.wrong}`;
  if (found === null) return [`\n${title}`, `    FAILS: ${failure}`];
  const { broken, events } = found;
  const ending = failure === null ? `broken: ${broken}` : `FAILS: ${failure}`;
  return [`\n${title} (${events.length} steps)`, ...events.map((event) => `    ${event}`), `    ${ending}`];
}

/** What fails the run: a sentence for each model that does not hold, and for each variant that is not found wrong. */
export function failuresOf(models: readonly ModelResult[], variants: readonly VariantResult[]): string[] {
  const named = [
    ...models.map(({ model, failure }) => ({ name: model.name, failure })),
    ...variants.map(({ variant, failure }) => ({ name: `${variant.model}, ${variant.name}`, failure })),
  ];
  return named.filter(({ failure }) => failure !== null).map(({ name, failure }) => `${name}: ${failure}`);
}

export function asJson(models: readonly ModelResult[], variants: readonly VariantResult[]): string {
  return JSON.stringify({
    models: models.map(({ model, verdict }) => ({
      name: model.name,
      n: model.search.n,
      states: verdict.states,
      seconds: verdict.seconds,
      errors: verdict.errors,
    })),
    variants: variants.map(({ variant, found }) => ({
      model: variant.model,
      name: variant.name,
      found: found !== null,
      steps: found?.events.length ?? 0,
    })),
  });
}
