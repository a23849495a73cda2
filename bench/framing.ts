export type Message = Readonly<{ head: string; end: number }>;

/** The first whole HTTP message of `bytes`; null: it is not all there. Lengths only, for nothing here sends chunks. */
export function firstMessage(bytes: Buffer): Message | null {
  const headEnd = bytes.indexOf("\r\n\r\n");
  if (headEnd === -1) return null;
  const head = bytes.toString("latin1", 0, headEnd);
  const length = /\r\ncontent-length: *(\d+)/i.exec(head);
  if (length === null) throw new Error(`A message without a length:\n${head}`);
  const end = headEnd + 4 + Number(length[1]);
  return bytes.length < end ? null : { head, end };
}
