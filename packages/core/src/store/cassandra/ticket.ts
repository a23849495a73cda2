import type { Fence, Instant, RecordKey } from "../../record/index.ts";

/** An entry of a batch, and where its hint is. */
export type Taken = Readonly<{ key: RecordKey; fence: Fence; lookAt: Instant }>;

const ONE = /^([\w!-]{1,64})\.([0-9a-f]{32})\.(\d{1,16})$/;

/** A batch's ticket says all that is needed to acknowledge it: any process may, and none keeps anything for it. */
export function pack(batch: readonly Taken[]): string {
  return batch.map(({ key, fence, lookAt }) => `${key}.${fence}.${lookAt}`).join();
}

export function unpack(ticket: string): Taken[] {
  if (ticket === "") return [];
  return ticket.split(",").map((text) => {
    const [, key, fence, lookAt] = ONE.exec(text) ?? [];
    if (key === undefined) throw new RangeError(`"${text}" is not of a ticket of this store`);
    return { key: key as RecordKey, fence: fence as Fence, lookAt: Number(lookAt) as Instant };
  });
}
