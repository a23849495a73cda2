import { execFile } from "node:child_process";
import { randomBytes } from "node:crypto";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { promisify } from "node:util";
import { jarsOf } from "../java/jars.ts";
import { java } from "../java/java.ts";
import type { Bundle } from "../java/pom.ts";
import { ServerProcess } from "../process/server-process.ts";
import { freePort } from "./free-port.ts";
import { kafkaProperties } from "./kafka-properties.ts";
import { type Ground, type Server, serverOf } from "./server.ts";
import { ask } from "./wire.ts";

export const KAFKA: Bundle = {
  name: "kafka",
  version: "4.3.1",
  dependencies: ["org.apache.kafka:kafka_2.13:4.3.1", "org.slf4j:slf4j-simple:1.7.36"],
};

const run = promisify(execFile);
/** 4 s on an idle machine. */
const STARTS_WITHIN_MS = 120_000;

/** One broker that is its own controller. */
export async function startKafka({ folder, launched }: Ground): Promise<Server> {
  const classes = ["-Dorg.slf4j.simpleLogger.defaultLogLevel=warn", "-Xmx512m", "-cp", `${await jarsOf(KAFKA)}/*`];
  const [port, controllerPort] = [await freePort(), await freePort()];
  const properties = join(folder, "server.properties");
  writeFileSync(properties, kafkaProperties({ folder, port, controllerPort }));
  const format = ["format", "-t", clusterId(), "-c", properties, "--standalone"];
  await run(java(), [...classes, "kafka.tools.StorageTool", ...format], { cwd: folder, timeout: STARTS_WITHIN_MS });

  const url = kafkaUrl(port);
  const node = new ServerProcess({
    label: "kafka",
    program: java(),
    args: [...classes, "kafka.Kafka", properties],
    folder,
    stopSignal: "SIGTERM",
    answers: () => kafkaAnswers(url),
    startsWithinMs: STARTS_WITHIN_MS,
    launched,
  });
  await node.start();
  return serverOf({ name: "kafka", url, folder, nodes: [node] });
}

export function kafkaUrl(port: number): string {
  return `kafka://127.0.0.1:${port}`;
}

/** Asks what it can do, the oldest way: request 18, version 0, number 1, no name. It answers with that number and no error. */
export function kafkaAnswers(url: string): Promise<boolean> {
  const bytes = Buffer.from([0, 0, 0, 10, 0, 18, 0, 0, 0, 0, 0, 1, 0xff, 0xff]);
  const isAnswer = (it: Buffer): boolean => it.length >= 10 && it.readInt32BE(4) === 1 && it.readInt16BE(8) === 0;
  return ask({ port: Number(new URL(url).port), bytes, isAnswer });
}

/** 16 bytes as Kafka writes them; one that began with a dash would be read as an option. */
function clusterId(): string {
  return `s${randomBytes(16).toString("base64url").slice(1)}`;
}
