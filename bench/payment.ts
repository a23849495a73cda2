/** The bytes of one payment: 512 in, 600 out, in every figure that is quoted. */
export const REQUEST_BODY: string = padded(
  { amount: 1200, currency: "EUR", reference: "order-1042", capture: true, note: "" },
  512,
);
export const ANSWER_BODY: string = padded(
  { id: "pay_01J9Z3K4M5", status: "succeeded", amount: 1200, currency: "EUR", reference: "order-1042", note: "" },
  600,
);

function padded(value: object, bytes: number): string {
  const short = JSON.stringify(value);
  return JSON.stringify({ ...value, note: "x".repeat(bytes - short.length) });
}
