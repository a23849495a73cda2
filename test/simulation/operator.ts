import { CorruptError, type Resolution } from "@semel/core/record";
import type { Node } from "./cluster.ts";
import type { World } from "./world.ts";

/** From a look at the ledger to the command that says what was there. */
const LOOK_MS_MAX = 8_000;

/** Somebody looks at the upstream's ledger, and says a while later what was there. */
export function operate({ gateway }: Node, world: World): void {
  const story = world.chance.pick([...world.oracle.stories.values()]);
  if (gateway === null || story === undefined) return;
  const { process, engine } = gateway;
  const outcome = { sense: "success", status: 201, source: "operator", digest: null } as const;
  const lookedAt = process.clock.now();
  const resolution: Resolution =
    story.effects.length > 0 ? { kind: "effect", outcome, answer: null } : { kind: "noEffect", lookedAt };
  const command = { kind: "resolve", resolution, note: "seen in the ledger", identity: null } as const;
  world.note(`operator looks at ${story.name}: ${resolution.kind}`);
  process.after(world.chance.skewed(0, LOOK_MS_MAX), "operator", () => {
    engine.resolve(story.run, "POST /payments", command).then(
      ({ kind }) => world.note(`operator is told ${kind}`),
      (error) => {
        // A row that this version cannot read is left to the next one.
        if (error instanceof CorruptError) world.note("operator is told that the row cannot be read");
        else process.failed(error);
      },
    );
  });
}
