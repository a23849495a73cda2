import { spawnSync } from "node:child_process";
import { globSync } from "node:fs";
import { join } from "node:path";
import { placeOf } from "../presence.ts";

/** Cassandra 5 runs on 11 and 17 and not on 24 or later; Kafka 4 and DynamoDB Local want 17 at least. */
const VERSION = 17;
/** Debian's, whichever is the default. */
const DEBIAN = `/usr/lib/jvm/java-${VERSION}-*/bin/java`;
const SAYS_WITHIN_MS = 10_000;

/** Where the Java is that all of the servers run on; null: nowhere. */
export function javaPlace(): string | null {
  const home = process.env["JAVA_HOME"];
  const candidates = [
    ...globSync(DEBIAN),
    ...(home === undefined ? [] : [join(home, "bin/java")]),
    ...[placeOf("java")].filter((place) => place !== null),
  ];
  return candidates.find(isThatVersion) ?? null;
}

export function java(): string {
  const place = javaPlace();
  if (place === null) throw new Error(`There is no Java ${VERSION} here`);
  return place;
}

function isThatVersion(place: string): boolean {
  const { stderr, status } = spawnSync(place, ["-version"], { encoding: "utf8", timeout: SAYS_WITHIN_MS });
  return status === 0 && stderr.includes(`version "${VERSION}.`);
}
