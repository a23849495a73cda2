import { jarsOf } from "../java/jars.ts";
import { java } from "../java/java.ts";
import type { Bundle } from "../java/pom.ts";
import { ServerProcess } from "../process/server-process.ts";
import { freePort } from "./free-port.ts";
import { type Ground, type Server, serverOf } from "./server.ts";

export const DYNAMODB: Bundle = {
  name: "dynamodb",
  version: "3.3.1",
  dependencies: [
    "software.amazon.dynamodb:DynamoDBLocal:3.3.1",
    // It keeps tables in SQLite, through a library of the machine.
    "com.almworks.sqlite4java:libsqlite4java-linux-amd64:1.0.392:so",
  ],
};

const MAIN = "software.amazon.dynamodb.services.local.main.ServerRunner";
/** 3 s on an idle machine. */
const STARTS_WITHIN_MS = 120_000;
const ANSWERS_WITHIN_MS = 5_000;

/** DynamoDB Local with its tables in memory: any region, any credentials of letters and digits. */
export async function startDynamodb(options: Ground & Readonly<{ port?: number }>): Promise<Server> {
  const { folder, launched, port = await freePort() } = options;
  const jars = await jarsOf(DYNAMODB);
  const url = dynamodbUrl(port);
  const server = ["-inMemory", "-disableTelemetry", "-port", String(port)];
  const node = new ServerProcess({
    label: "dynamodb",
    program: java(),
    args: [`-Dsqlite4java.library.path=${jars}`, "-Xmx256m", "-cp", `${jars}/*`, MAIN, ...server],
    folder,
    stopSignal: "SIGTERM",
    answers: () => dynamodbAnswers(url),
    startsWithinMs: STARTS_WITHIN_MS,
    launched,
  });
  await node.start();
  return serverOf({ name: "dynamodb", url, folder, nodes: [node] });
}

export function dynamodbUrl(port: number): string {
  return `http://127.0.0.1:${port}`;
}

/** Asks for the tables; that the signature is right is not looked at. */
export async function dynamodbAnswers(url: string): Promise<boolean> {
  const credential = "Credential=semel/20260101/local/dynamodb/aws4_request";
  const headers = {
    "content-type": "application/x-amz-json-1.0",
    "x-amz-target": "DynamoDB_20120810.ListTables",
    authorization: `AWS4-HMAC-SHA256 ${credential}, SignedHeaders=host, Signature=none`,
  };
  try {
    const signal = AbortSignal.timeout(ANSWERS_WITHIN_MS);
    const response = await fetch(url, { method: "POST", headers, body: "{}", signal });
    return response.ok && "TableNames" in ((await response.json()) as object);
  } catch {
    return false;
  }
}
