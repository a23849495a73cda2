-- What a store is made of. Each file runs in a transaction of its own, in the order of their numbers, and is never changed:
-- what comes later is a new file. By hand: psql -v ON_ERROR_STOP=1 -1 -f FILE

CREATE SCHEMA semel;

-- Which files were applied. `compatible_from`: the oldest number that a program may know and still work with what is here, so
-- that processes of two versions share the tables while one replaces the other.
CREATE TABLE semel.migration (
  number          integer     PRIMARY KEY,
  compatible_from integer     NOT NULL,
  applied_at      timestamptz NOT NULL DEFAULT now()
);

-- One row a key. Pages are filled: a completion moves its row to where it is due next, so that its indexes are written anyway
-- and room left beside the claim gains nothing (half-filled pages took 1.6 times the disk). `id` orders pages of the console;
-- a B-tree of its own would cost every write, and its numbers lie about where they were drawn, which is all that BRIN needs.
CREATE TABLE semel.record (
  key    text COLLATE "C" NOT NULL PRIMARY KEY,
  fence  uuid             NOT NULL,
  due_at bigint           NOT NULL,
  doc    bytea            NOT NULL,
  id     bigint           NOT NULL GENERATED ALWAYS AS IDENTITY
-- What is dropped at its horizon is vacuumed long before a fifth of the table is.
) WITH (autovacuum_vacuum_scale_factor = 0.02, autovacuum_vacuum_insert_scale_factor = 0.1);

-- Docs are sealed: to compress them costs time and gains nothing.
ALTER TABLE semel.record ALTER COLUMN doc SET STORAGE EXTERNAL;

CREATE INDEX record_due ON semel.record (due_at);
CREATE INDEX record_id ON semel.record USING brin (id) WITH (pages_per_range = 32, autosummarize = on);

CREATE TABLE semel.outbox (
  id    bigint           PRIMARY KEY GENERATED ALWAYS AS IDENTITY,
  key   text COLLATE "C" NOT NULL,
  epoch integer          NOT NULL,
  fence uuid             NOT NULL,
  kind  text             NOT NULL,
  doc   bytea            NOT NULL
) WITH (autovacuum_vacuum_scale_factor = 0.02);

-- The latest time that was seen, at most a second old while there is work. What was acknowledged before a mark that is found
-- after a failover or a restore is there too: the write-ahead log is replayed in its order.
CREATE TABLE semel.clock (
  id   integer PRIMARY KEY CHECK (id = 1),
  mark bigint  NOT NULL
) WITH (fillfactor = 10);
INSERT INTO semel.clock (id, mark) VALUES (1, 0);

INSERT INTO semel.migration (number, compatible_from) VALUES (1, 1);
