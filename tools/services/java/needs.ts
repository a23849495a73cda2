import { placeOf } from "../presence.ts";
import { jarsAreHere } from "./jars.ts";
import { javaPlace } from "./java.ts";
import type { Bundle } from "./pom.ts";

/** Packages of Debian that a server from Maven Central still lacks. */
export function lacksFor(bundle: Bundle): string[] {
  return [
    ...(javaPlace() === null ? ["openjdk-17-jre-headless"] : []),
    ...(jarsAreHere(bundle) || placeOf("mvn") !== null ? [] : ["maven"]),
  ];
}
