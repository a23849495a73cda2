import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { pomOf } from "../../tools/services/java/pom.ts";
import { CASSANDRA } from "../../tools/services/servers/cassandra.ts";
import { cassandraYaml, tokenOf } from "../../tools/services/servers/cassandra-yaml.ts";
import { DYNAMODB } from "../../tools/services/servers/dynamodb.ts";
import { KAFKA } from "../../tools/services/servers/kafka.ts";
import { SERVERS } from "../../tools/services/servers/table.ts";

const compose = readFileSync(join(import.meta.dirname, "../../compose.yaml"), "utf8");

test("Maven is told what is needed, what is not, and which versions fit each other", () => {
  const pom = pomOf(CASSANDRA);
  assert.match(pom, /<dependency><groupId>org\.apache\.cassandra<\/groupId><artifactId>cassandra-all<.*<exclusion>/);
  assert.match(pom, /<artifactId>netty-bom<\/artifactId><version>4\.1\.137\.Final<\/version><type>pom<\/type>/);
  assert.match(pomOf(DYNAMODB), /<version>1\.0\.392<\/version><type>so<\/type>/);
});

test("all nodes own the same share of the ring", () => {
  assert.equal(tokenOf(0, 1), -(2n ** 63n));
  const [a, b, c] = [0, 1, 2].map((index) => tokenOf(index, 3)) as [bigint, bigint, bigint];
  assert.equal(b - a, c - b);
  assert.ok(2n ** 63n - c - (b - a) < 3n);
});

test("a node of Cassandra keeps what it promised, unless it is told otherwise", () => {
  const place = { folder: "f", host: "127.0.0.2", ports: { client: 1, storage: 2 }, seed: "127.0.0.1", token: 5n };
  const read = (settings?: object): Record<string, unknown> => JSON.parse(cassandraYaml(place, settings));
  assert.equal(read()["commitlog_sync"], "batch");
  assert.equal(read()["initial_token"], "5");
  assert.equal(read({ commitlog_sync: "periodic" })["commitlog_sync"], "periodic");
});

for (const { name, containerUrl } of SERVERS.filter((kind) => kind.containerUrl !== null)) {
  test(`compose.yaml has ${name}, on this machine only, at a port that can be chosen, with a health check`, () => {
    const [, service] = compose.split(new RegExp(`^  ${name}:$`, "m"));
    const own = service?.split(/^ {2}\w+:$/m)[0] ?? "";
    assert.match(own, new RegExp(`ports: \\["127\\.0\\.0\\.1:\\$\\{SEMEL_${name.toUpperCase()}_PORT:-\\d+\\}:`));
    assert.match(own, /healthcheck:/);
    assert.equal(new URL(containerUrl!(4711)).port, "4711");
  });
}

test("containers are of the version that runs without them", () => {
  assert.match(compose, new RegExp(`image: cassandra:${CASSANDRA.version}$`, "m"));
  assert.match(compose, new RegExp(`image: amazon/dynamodb-local:${DYNAMODB.version}$`, "m"));
  assert.match(compose, new RegExp(`image: apache/kafka:${KAFKA.version}$`, "m"));
});
