import { setTimeout as sleep } from "node:timers/promises";
import { seededRandom } from "@semel/demo-bank";
import { type FakeClock, JUMPS_WITHIN_MS } from "./clock.ts";
import { exhaustDescriptors } from "./descriptors.ts";
import type { SmallDisk } from "./disk.ts";
import type { Gateway } from "./gateway.ts";
import { TAKEOVER_MS } from "./kind.ts";
import type { Strike } from "./plan.ts";

/** What struck, by the name it has in the report. */
export const STRUCK = ["sigkill", "sigterm", "sigstop", "clockAhead", "clockBack", "diskFull", "descriptors"] as const;
export type Counted = (typeof STRUCK)[number];

export type Target = Readonly<{
  gateway: Gateway;
  clock: Readonly<{ fake: FakeClock; jumpMs: number }> | null;
  disk: SmallDisk | null;
  count: (struck: Counted) => void;
  /** Something that is no fault of the plan's: it belongs into the report. */
  remark: (text: string) => void;
}>;

/** Of a killed gateway, some are killed again while they start. */
const KILLED_AGAIN = 0.25;
const STARTING_MS_MAX = 700;
/** A stop must outlast the lease and the skew: then the key may be anybody's. */
const STOPPED_MS_MIN = TAKEOVER_MS + 500;
const CLOCK_HELD_MS: number = JUMPS_WITHIN_MS + 2_000;
const DISK_HELD_MS = 4_000;
const DESCRIPTORS_HELD_MS = 3_500;

/** Lets one fault befall the gateway, and resolves when it is over and the gateway serves again. */
export async function strike({ fault, seed }: Strike, target: Target): Promise<void> {
  const random = seededRandom(seed);
  switch (fault) {
    case "kill":
      await kill(target, random);
      break;
    case "deploy":
      target.count("sigterm");
      if (!(await target.gateway.deploy())) target.remark("a gateway did not end within 20 s of SIGTERM");
      break;
    case "stop":
      await stop(target, random);
      break;
    case "clock":
      await jump(target, random);
      break;
    case "disk":
      await fillDisk(target, random);
      break;
    case "descriptors": {
      const { pid, place } = target.gateway;
      if (pid !== null && (await exhaustDescriptors(pid, place.port, DESCRIPTORS_HELD_MS))) target.count("descriptors");
      break;
    }
    default:
      fault satisfies never;
  }
  await target.gateway.ready();
}

async function kill({ gateway, count }: Target, random: () => number): Promise<void> {
  count("sigkill");
  await gateway.kill();
  if (random() >= KILLED_AGAIN) return;
  await sleep(STARTING_MS_MAX * random());
  count("sigkill");
  await gateway.kill();
}

async function stop({ gateway, count }: Target, random: () => number): Promise<void> {
  gateway.signal("SIGSTOP");
  await sleep(STOPPED_MS_MIN + 1_000 * random());
  gateway.signal("SIGCONT");
  count("sigstop");
}

/** There and back: two jumps. Half of the time the process is killed in between, and lives on by the other clock. */
async function jump({ gateway, clock, count }: Target, random: () => number): Promise<void> {
  if (clock === null) return;
  const isAhead = random() < 0.5;
  const [there, back] = isAhead ? (["clockAhead", "clockBack"] as const) : (["clockBack", "clockAhead"] as const);
  await clock.fake.set(isAhead ? clock.jumpMs : -clock.jumpMs);
  count(there);
  await sleep(CLOCK_HELD_MS);
  if (random() < 0.5) {
    count("sigkill");
    await gateway.kill();
    await gateway.ready();
    await sleep(CLOCK_HELD_MS / 2);
  }
  await clock.fake.set(0);
  count(back);
}

/** A gateway that ends because it cannot write is started again and again, and finds no room until there is some. */
async function fillDisk({ gateway, disk, count }: Target, random: () => number): Promise<void> {
  if (disk === null) return;
  disk.fill();
  count("diskFull");
  await sleep(DISK_HELD_MS * (0.5 + random()));
  if (random() < 0.3) {
    count("sigkill");
    await gateway.kill();
    await sleep(STARTING_MS_MAX);
  }
  disk.free();
}
