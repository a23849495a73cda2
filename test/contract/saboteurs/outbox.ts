import type { OutboxEntry, RecordKey } from "@semel/core/record";
import type { Saboteur } from "./handle.ts";

const EVERYTHING = 1_000;

export const outboxSaboteurs: readonly Saboteur[] = [
  {
    does: "forgets the entry of a won swap",
    breaks: ["won-swap-publishes"],
    spoil: (methods) => {
      const { swap } = methods;
      methods.swap = (it) => swap({ ...it, publish: it.expect === null ? it.publish : null });
    },
  },
  {
    does: "publishes in a write of its own, whether the swap wins or loses",
    breaks: ["lost-swap-publishes-nothing"],
    spoil: (methods, honest) => {
      const extra: OutboxEntry[] = [];
      const { swap } = methods;
      methods.swap = async (it) => {
        const swapped = await swap(it);
        if (!swapped.won && it.publish !== null) extra.push(it.publish);
        return swapped;
      };
      methods.take = async (limit) => {
        const batch = await honest.take(limit);
        return { ...batch, entries: [...batch.entries, ...extra].slice(0, limit) };
      };
    },
  },
  {
    does: "publishes every swap",
    breaks: ["null-publishes-nothing"],
    spoil: (methods) => {
      const { swap } = methods;
      methods.swap = (it) => {
        const { key, fence, doc } = it.next;
        return swap({ ...it, publish: it.publish ?? { key, fence, doc, epoch: 1, kind: "completed" } });
      };
    },
  },
  {
    does: "hands out an entry once",
    breaks: ["taken-until-acknowledged"],
    spoil: (methods, honest) => {
      methods.take = async (limit) => {
        const batch = await honest.take(limit);
        await honest.ack(batch);
        return batch;
      };
    },
  },
  {
    does: "does not remember an acknowledgement",
    breaks: ["acknowledged-once"],
    spoil: (methods) => {
      methods.ack = async () => {};
    },
  },
  {
    does: "acknowledges everything",
    breaks: ["ack-is-of-its-batch"],
    spoil: (methods, honest) => {
      methods.ack = async () => honest.ack(await honest.take(EVERYTHING));
    },
  },
  {
    does: "ignores the limit of take",
    breaks: ["take-limit"],
    spoil: (methods, honest) => {
      methods.take = () => honest.take(EVERYTHING);
    },
  },
  {
    does: "drops an entry with its row",
    breaks: ["entry-outlives-its-row"],
    spoil: (methods, honest) => {
      const dropped = new Set<RecordKey>();
      methods.drop = (rows) => {
        for (const { key } of rows) dropped.add(key);
        return honest.drop(rows);
      };
      methods.take = async (limit) => {
        const batch = await honest.take(limit);
        return { ...batch, entries: batch.entries.filter(({ key }) => !dropped.has(key)) };
      };
    },
  },
];
