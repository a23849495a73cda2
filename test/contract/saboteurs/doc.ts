import { type Fence, StoreError, type Swap, type Swapped } from "@semel/core/record";
import { type Methods, pause, type Saboteur, type Store, withDoc } from "./handle.ts";

export const docSaboteurs: readonly Saboteur[] = [
  mangler("takes docs for text", ["docs-are-bytes"], (doc) => new TextEncoder().encode(new TextDecoder().decode(doc))),
  mangler("puts something into an empty doc", ["empty-doc"], (doc) => (doc.length === 0 ? Uint8Array.of(0) : doc)),
  mangler("keeps the whole buffer behind a doc", ["part-of-a-buffer"], (doc) => new Uint8Array(doc.buffer)),
  mangler("cuts a large doc", ["largest-doc"], (doc) => doc.subarray(0, 4_000)),
  {
    does: "keeps the caller's own bytes",
    breaks: ["docs-are-copied"],
    spoil: (methods, honest) => {
      const docs = new Map<Fence, Uint8Array>();
      const { swap } = methods;
      methods.swap = (it) => {
        docs.set(it.next.fence, it.next.doc);
        return swap(it);
      };
      methods.read = async (key) => {
        const row = await honest.read(key);
        return row === null ? null : withDoc(row, docs.get(row.fence) ?? row.doc);
      };
    },
  },
  {
    does: "says that a large doc was not written, after writing it",
    breaks: ["oversize-is-unavailable"],
    spoil: (methods, honest) => {
      const { swap } = methods;
      methods.swap = async (it) => {
        await honest.swap(it.next.doc.length > methods.guarantees.docBytesMax ? it : { ...it, expect: "" as Fence });
        return swap(it);
      };
    },
  },
  {
    does: "does not know whether a large doc was written",
    breaks: ["oversize-is-unavailable"],
    spoil: (methods) => {
      const { swap } = methods;
      methods.swap = async (it) => {
        if (it.next.doc.length > methods.guarantees.docBytesMax) throw new StoreError("in_doubt", "No answer");
        return swap(it);
      };
    },
  },
  {
    does: "throws errors of its driver",
    breaks: ["oversize-is-unavailable"],
    spoil: (methods) => {
      const { swap } = methods;
      methods.swap = async (it) => {
        if (it.next.doc.length > methods.guarantees.docBytesMax) throw new RangeError("value too long");
        return swap(it);
      };
    },
  },
  {
    does: "refuses all swaps of a batch for one of them",
    breaks: ["refused-alone"],
    spoil: (methods, honest) => {
      let batch: Swap[] = [];
      methods.swap = async (it): Promise<Swapped> => {
        batch.push(it);
        await pause();
        const isRefused = batch.some(({ next }) => next.doc.length > methods.guarantees.docBytesMax);
        await pause();
        batch = [];
        if (isRefused) throw new StoreError("unavailable", "The batch failed");
        return honest.swap(it);
      };
    },
  },
];

function mangler(does: string, breaks: readonly string[], mangle: (doc: Uint8Array) => Uint8Array): Saboteur {
  const spoil = (methods: Methods, honest: Store): void => {
    methods.swap = async (it) => {
      if (it.next.doc.length > methods.guarantees.docBytesMax)
        throw new StoreError("unavailable", "The doc is too large");
      return honest.swap({ ...it, next: withDoc(it.next, mangle(it.next.doc)) });
    };
  };
  return { does, breaks, spoil };
}
