-- The statements of the store, each a function: one round trip, and one transaction, a batch.

CREATE FUNCTION semel.wall_ms() RETURNS bigint LANGUAGE sql VOLATILE
AS 'SELECT floor(extract(epoch FROM clock_timestamp()) * 1000)::bigint';

-- Eight hex digits that change with every promotion and every recovery from a backup; an error on a standby.
CREATE FUNCTION semel.timeline() RETURNS text LANGUAGE sql VOLATILE
AS 'SELECT substr(pg_walfile_name(pg_current_wal_insert_lsn()), 1, 8)';

-- The store's clock in ms. It stands still where the server's was turned back.
CREATE FUNCTION semel.now_ms(p_timeline text) RETURNS bigint LANGUAGE plpgsql VOLATILE AS $f$
DECLARE
  now_ms bigint := semel.wall_ms();
  marked bigint;
BEGIN
  -- A mark that is written into another history would say that nothing before it was lost.
  IF semel.timeline() <> p_timeline THEN
    RAISE EXCEPTION 'the history is another one' USING ERRCODE = 'SM001';
  END IF;
  -- Two processes that come at once do not both write: who waited for the other finds its mark.
  UPDATE semel.clock SET mark = now_ms WHERE id = 1 AND mark < now_ms - 900;
  SELECT mark INTO marked FROM semel.clock WHERE id = 1;
  RETURN greatest(now_ms, marked);
END $f$;

-- Compares and sets every swap of a batch. The caller has sorted it by key: rows are then locked in the same order by everyone.
-- Who waits for a row that somebody else holds gives up after half a second: the swaps beside it have a client each.
-- Docs come one behind the other. A row comes back for each swap that lost, counted from 0, without a fence where no row is.
CREATE FUNCTION semel.swap(
  p_timeline text, p_mark boolean,
  p_keys text[], p_expects uuid[], p_fences uuid[], p_dues bigint[], p_sizes integer[], p_docs bytea,
  p_published integer[], p_epochs integer[], p_kinds text[], p_published_sizes integer[], p_published_docs bytea
) RETURNS TABLE (at integer, fence uuid, due_at bigint, doc bytea)
LANGUAGE plpgsql VOLATILE SET enable_seqscan = off SET lock_timeout = '500ms' AS $f$
#variable_conflict use_column
DECLARE
  pos integer := 1;
  won boolean[];
  one bytea;
BEGIN
  -- Another history than the one that these swaps were decided by: nothing is written into it.
  IF semel.timeline() <> p_timeline THEN
    RAISE EXCEPTION 'the history is another one' USING ERRCODE = 'SM001';
  END IF;
  -- Who loses reads what is in the way, and must see what was committed since the batch began.
  IF current_setting('transaction_isolation') <> 'read committed' THEN
    RAISE EXCEPTION 'swaps need read committed, not %', current_setting('transaction_isolation') USING ERRCODE = 'SM002';
  END IF;
  -- Whatever a role or a database was told: an acknowledged claim is on disk, and on the standby where there is a synchronous one.
  IF current_setting('synchronous_commit') IN ('off', 'local') THEN
    PERFORM set_config('synchronous_commit', 'on', true);
  END IF;
  IF p_mark THEN
    UPDATE semel.clock SET mark = semel.wall_ms() WHERE id = 1 AND mark < semel.wall_ms() - 900;
  END IF;
  FOR i IN 1 .. cardinality(p_keys) LOOP
    one := substring(p_docs FROM pos FOR p_sizes[i]);
    pos := pos + p_sizes[i];
    IF p_expects[i] IS NULL THEN
      INSERT INTO semel.record AS r (key, fence, due_at, doc) VALUES (p_keys[i], p_fences[i], p_dues[i], one)
        ON CONFLICT (key) DO NOTHING;
    ELSE
      UPDATE semel.record AS r SET fence = p_fences[i], due_at = p_dues[i], doc = one
        WHERE r.key = p_keys[i] AND r.fence = p_expects[i];
    END IF;
    won[i] := FOUND;
    IF NOT FOUND THEN
      at := i - 1;
      -- A statement of its own sees a rival that was committed a moment ago; one snapshot for both would show no row.
      SELECT r.fence, r.due_at, r.doc INTO fence, due_at, doc FROM semel.record AS r WHERE r.key = p_keys[i];
      RETURN NEXT;
    END IF;
  END LOOP;
  pos := 1;
  FOR i IN 1 .. cardinality(p_published) LOOP
    one := substring(p_published_docs FROM pos FOR p_published_sizes[i]);
    pos := pos + p_published_sizes[i];
    IF won[p_published[i] + 1] THEN
      INSERT INTO semel.outbox (key, epoch, fence, kind, doc)
        VALUES (p_keys[p_published[i] + 1], p_epochs[i], p_fences[p_published[i] + 1], p_kinds[i], one);
    END IF;
  END LOOP;
END $f$;

-- Removes each row only while its fence is still the given one. The caller has sorted them by key, as for swaps.
CREATE FUNCTION semel.drop(p_timeline text, p_keys text[], p_fences uuid[]) RETURNS void
LANGUAGE plpgsql VOLATILE SET enable_seqscan = off SET lock_timeout = '500ms' AS $f$
BEGIN
  IF semel.timeline() <> p_timeline THEN
    RAISE EXCEPTION 'the history is another one' USING ERRCODE = 'SM001';
  END IF;
  FOR i IN 1 .. cardinality(p_keys) LOOP
    DELETE FROM semel.record AS r WHERE r.key = p_keys[i] AND r.fence = p_fences[i] AND r.key <> '!authority';
  END LOOP;
END $f$;

INSERT INTO semel.migration (number, compatible_from) VALUES (2, 2);
