import { type Answer, refusal } from "./answer.ts";

/** A trillion minor units: far above any real payment, far below where integers stop being exact. */
const AMOUNT_MAX = 1_000_000_000_000;
const REFERENCE_CHARS_MAX = 255;
const METADATA_ENTRIES_MAX = 50;
const METADATA_CHARS_MAX = 500;

export type PaymentWish = Readonly<{ amount: number; currency: string; reference: string; metadata: Metadata }>;
export type RefundWish = Readonly<{ amount: number; currency: string | null; reference: string }>;
export type ChangeWish = Readonly<{ reference: string | null; metadata: Metadata | null }>;
type Metadata = Readonly<Record<string, string>>;
type Fields = Readonly<{ amount?: unknown; currency?: unknown; reference?: unknown; metadata?: unknown }>;

/** A wish, or the answer that refuses it. Members that are not named here are ignored. */
export type Read<T> = Readonly<{ ok: true; wish: T }> | Readonly<{ ok: false; answer: Answer }>;

export function paymentWish(body: Buffer): Read<PaymentWish> {
  return read(body, (fields) => ({
    amount: amountOf(fields),
    currency: currencyOf(fields),
    reference: referenceOf(fields),
    metadata: fields.metadata === undefined ? {} : metadataOf(fields),
  }));
}

export function refundWish(body: Buffer): Read<RefundWish> {
  return read(body, (fields) => ({
    amount: amountOf(fields),
    currency: fields.currency === undefined ? null : currencyOf(fields),
    reference: referenceOf(fields),
  }));
}

export function changeWish(body: Buffer): Read<ChangeWish> {
  return read(body, (fields) => {
    const reference = fields.reference === undefined ? null : referenceOf(fields);
    const metadata = fields.metadata === undefined ? null : metadataOf(fields);
    if (reference === null && metadata === null) throw new FieldError("reference or metadata must be there to change");
    return { reference, metadata };
  });
}

/** Thrown and caught in this file only: it leaves the reading of a field in the middle of an object. */
class FieldError extends Error {}

function read<T>(body: Buffer, wishOf: (fields: Fields) => T): Read<T> {
  let value: unknown;
  try {
    value = JSON.parse(new TextDecoder("utf-8", { fatal: true }).decode(body));
  } catch {
    return { ok: false, answer: refusal(400, "invalid_json", "The body is not JSON.") };
  }
  try {
    if (!isObject(value)) throw new FieldError("the body must be a JSON object");
    return { ok: true, wish: wishOf(value) };
  } catch (error) {
    if (!(error instanceof FieldError)) throw error;
    return { ok: false, answer: refusal(422, "invalid_field", `${error.message}.`) };
  }
}

function amountOf({ amount }: Fields): number {
  if (Number.isInteger(amount) && (amount as number) >= 1 && (amount as number) <= AMOUNT_MAX) return amount as number;
  throw new FieldError(`amount must be an integer from 1 to ${AMOUNT_MAX}, in minor units`);
}

function currencyOf({ currency }: Fields): string {
  if (typeof currency === "string" && /^[A-Z]{3}$/.test(currency)) return currency;
  throw new FieldError('currency must be three capital letters, such as "EUR"');
}

function referenceOf({ reference }: Fields): string {
  if (isText(reference, REFERENCE_CHARS_MAX) && reference !== "") return reference;
  throw new FieldError(`reference must be a string of 1 to ${REFERENCE_CHARS_MAX} characters`);
}

function metadataOf({ metadata }: Fields): Metadata {
  const entries = isObject(metadata) ? Object.entries(metadata) : null;
  const fits = entries?.every(([name, text]) => isText(name, METADATA_CHARS_MAX) && isText(text, METADATA_CHARS_MAX));
  if (fits && entries && entries.length <= METADATA_ENTRIES_MAX) return metadata as Metadata;
  throw new FieldError(
    `metadata must be an object of at most ${METADATA_ENTRIES_MAX} strings of at most ${METADATA_CHARS_MAX} characters`,
  );
}

function isObject(value: unknown): value is Fields {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function isText(value: unknown, charsMax: number): value is string {
  return typeof value === "string" && value.length <= charsMax;
}
