import assert from "node:assert/strict";
import { test } from "node:test";
import { types } from "cassandra-driver";
import { factOf, scopeOf } from "./scope.ts";

const { quorum, serial, localQuorum, localSerial } = types.consistencies;
const TWO = { class: "org.apache.cassandra.locator.NetworkTopologyStrategy", east: "3", west: "3" };

test("without a home the replicas of all data centres agree", () => {
  const scope = scopeOf(TWO, { localDataCenter: "east", homeDataCenter: null });
  assert.deepEqual(scope, { home: null, replicas: 6, quorum, serial });
  assert.equal(factOf(scope), "all");
});

test("with a home only its replicas agree, and only from there", () => {
  const scope = scopeOf(TWO, { localDataCenter: "east", homeDataCenter: "east" });
  assert.deepEqual(scope, { home: "east", replicas: 3, quorum: localQuorum, serial: localSerial });
  assert.equal(factOf(scope), "only east");
  assert.throws(() => scopeOf(TWO, { localDataCenter: "west", homeDataCenter: "east" }), { code: "not_home" });
});

test("a data centre without replicas is no place to start from", () => {
  assert.throws(() => scopeOf(TWO, { localDataCenter: "north", homeDataCenter: null }), {
    code: "no_replicas",
    message: /it has them in: east, west/,
  });
  const gone = { ...TWO, west: "0" };
  assert.throws(() => scopeOf(gone, { localDataCenter: "west", homeDataCenter: null }), { code: "no_replicas" });
});

test("replicas that are placed anywhere, or that forget, are refused", () => {
  const simple = { class: "org.apache.cassandra.locator.SimpleStrategy", replication_factor: "3" };
  const transient = { ...TWO, east: "3/1" };
  for (const replication of [simple, transient]) {
    assert.throws(() => scopeOf(replication, { localDataCenter: "east", homeDataCenter: null }), {
      code: "bad_replication",
    });
  }
});
