import { seededRandom } from "@semel/demo-bank";
import type { Street } from "../customer.ts";
import { bankFaultOf, mannerOf } from "../load.ts";
import type { Loss } from "../loss.ts";

/** Whom customers find, and who counts them. */
export type Crowd = Readonly<{
  loss: Loss;
  sent: () => void;
  isOver: () => boolean;
}>;

/** Each try goes to any of these ports, as a balancer would have it. `bankIsCalm`: the bank is at its best. */
export function streetTo(ports: () => readonly number[], seed: number, crowd: Crowd, bankIsCalm = false): Street {
  const random = seededRandom(seed);
  const isLossy = crowd.loss.kind === "loss";
  return {
    ...crowd,
    random,
    get port() {
      const all = ports();
      return all[Math.floor(all.length * random())]!;
    },
    // What a key was bound to is lost with its row: another body under it may come first.
    manner: () => {
      const manner = mannerOf(random);
      return isLossy && manner === "otherBody" ? "plain" : manner;
    },
    // A refusal left no trace at the bank; where its answer is lost as well, nobody knows of it.
    bankFault: () => {
      const fault = bankFaultOf(random);
      return bankIsCalm || (isLossy && fault === "status=402") ? null : fault;
    },
    now: () => performance.now(),
  };
}
