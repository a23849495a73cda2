import assert from "node:assert/strict";
import { test } from "node:test";
import { errors, types } from "cassandra-driver";
import { readFailure, swapFailure } from "./failure.ts";

const { serial, localSerial, quorum } = types.consistencies;
const codes = types.responseErrorCodes;

function response(code: number, more: object = {}): Error {
  return Object.assign(new errors.ResponseError(code, "said"), more);
}

test("a swap is in doubt whatever went wrong, unless it is proved that it did nothing", () => {
  const inDoubt = [
    response(codes.writeTimeout, { writeType: "CAS", consistencies: serial }),
    response(codes.writeTimeout, { writeType: "SIMPLE", consistencies: quorum }),
    response(codes.readTimeout, { consistencies: serial }),
    response(codes.overloaded),
    response(codes.serverError),
    response(0x1700),
    response(0x1500),
    // The commit has not enough replicas, but the proposal was agreed on.
    response(codes.unavailableException, { consistencies: quorum }),
    new errors.OperationTimedOutError("no answer", "10.0.0.1"),
    new errors.DriverInternalError("Socket was closed"),
    new Error("anything"),
    "not even an error",
  ];
  for (const error of inDoubt) assert.equal(swapFailure(error).code, "in_doubt", String(error));
});

test("a swap that did not leave, or that was refused before it began, is unavailable", () => {
  const unavailable = [
    new errors.NoHostAvailableError({}),
    response(codes.unavailableException, { consistencies: serial }),
    response(codes.unavailableException, { consistencies: localSerial }),
    response(codes.syntaxError),
    response(codes.unauthorized),
    response(codes.invalid),
  ];
  for (const error of unavailable) assert.equal(swapFailure(error).code, "unavailable", String(error));
});

test("a read that fails is unavailable, and says why", () => {
  const failure = readFailure(new errors.OperationTimedOutError("no answer", "10.0.0.1"));
  assert.equal(failure.code, "unavailable");
  assert.match(failure.message, /OperationTimedOutError: no answer/);
});
