import assert from "node:assert/strict";
import { test } from "node:test";
import { DescribeTableCommand, DynamoDBClient } from "@aws-sdk/client-dynamodb";
import { explain, faultOf } from "./fault.ts";

const answered = (name: string, httpStatusCode: number) =>
  Object.assign(new Error("said so"), { name, $metadata: { httpStatusCode } });
const broken = (name: string, code: string) => Object.assign(new Error("broken"), { name, code });

test("what DynamoDB refuses with a name was not written", () => {
  for (const name of [
    "ValidationException",
    "AccessDeniedException",
    "ExpiredTokenException",
    "SerializationException",
  ]) {
    assert.equal(faultOf(answered(name, 400)), "refused", name);
  }
  assert.equal(faultOf(answered("ResourceNotFoundException", 400)), "gone");
});

test("what is throttled was not written, and may be tried again at once", () => {
  for (const name of ["ProvisionedThroughputExceededException", "RequestLimitExceeded", "ThrottlingException"]) {
    assert.equal(faultOf(answered(name, 400)), "busy", name);
  }
});

test("a request that never had a connection or a signature was not sent", () => {
  assert.equal(faultOf(broken("Error", "ECONNREFUSED")), "busy");
  assert.equal(faultOf(broken("Error", "ENOTFOUND")), "busy");
  assert.equal(faultOf({ ...broken("Error", "EHOSTUNREACH"), syscall: "connect" }), "busy");
  assert.equal(faultOf(broken("CredentialsProviderError", "")), "refused");
});

test("the client still says of a connection that was not made in time what we know it by", async () => {
  // 192.0.2.0/24 is for examples: nobody is there (RFC 5737).
  const client = new DynamoDBClient({
    ...{ region: "eu-central-1", endpoint: "http://192.0.2.1", maxAttempts: 1 },
    credentials: { accessKeyId: "semel", secretAccessKey: "semel" },
    requestHandler: { connectionTimeout: 1 },
  });
  const error = await client.send(new DescribeTableCommand({ TableName: "semel" })).catch((it: unknown) => it);
  client.destroy();
  assert.equal(faultOf(error), "busy", explain(error));
});

test("everything else may have been written", () => {
  const doubtful: [string, unknown][] = [
    ["a server's own failure", answered("InternalServerError", 500)],
    ["a server that is busy", answered("ServiceUnavailable", 503)],
    ["a throttling that is no refusal of DynamoDB's", answered("ThrottlingException", 503)],
    ["a page of a proxy", answered("UnknownError", 400)],
    ["a refusal by a proxy", answered("Forbidden", 403)],
    ["half an answer", answered("SyntaxError", 400)],
    ["two regions at once", answered("ReplicatedWriteConflictException", 400)],
    ["a reset", broken("Error", "ECONNRESET")],
    ["a host that is gone", { ...broken("Error", "EHOSTUNREACH"), syscall: "write" }],
    ["a timeout", broken("TimeoutError", "ETIMEDOUT")],
    ["a stranger", new Error("what?")],
    ["nothing at all", {}],
  ];
  for (const [what, error] of doubtful) assert.equal(faultOf(error), "doubt", what);
});

test("an explanation is one line", () => {
  assert.equal(explain(Object.assign(new Error("a\n  b"), { name: "X" })), "X: a b");
  assert.equal(explain({}), "Error: ");
});
