import { join } from "node:path";
import type { Model, Variant } from "./models.ts";
import { type Counterexample, findCounterexample, LIMITS, type Limits, searchAll } from "./spin.ts";
import type { Verdict } from "./verdict.ts";

export type ModelResult = Readonly<{ model: Model; verdict: Verdict; failure: string | null }>;
export type VariantResult = Readonly<{ variant: Variant; found: Counterexample | null; failure: string | null }>;

/** A model holds if its search was finished, found nothing, and left no statement of the model untried. */
export async function checkModel(model: Model, folder: string, limits: Limits = LIMITS): Promise<ModelResult> {
  const verdict = await searchAll(model.search, folderOf(folder, model.name), limits);
  return { model, verdict, failure: failureOf(verdict) };
}

export function failureOf({ errors, incomplete, unreached }: Verdict): string | null {
  if (errors > 0) return "a property does not hold";
  if (incomplete !== null) return `the search is incomplete: ${incomplete}`;
  if (unreached.length > 0) return `never reached: ${unreached.join("; ")}`;
  return null;
}

/** A variant is known to be wrong: a model that does not see it is too weak. */
export async function checkVariant(variant: Variant, folder: string): Promise<VariantResult> {
  const found = await findCounterexample(variant.search, folderOf(folder, `${variant.model} ${variant.name}`));
  return { variant, found, failure: missed(variant, found) };
}

function missed({ breaks }: Variant, found: Counterexample | null): string | null {
  if (found === null) return "no counterexample";
  return found.broken === breaks ? null : `breaks "${found.broken}", and not "${breaks}"`;
}

function folderOf(folder: string, name: string): string {
  return join(folder, name.replaceAll(/[^\w]+/g, "-"));
}
