-- Keys of the exchange (design §7; docs/decisions/0013). A row never holds a key itself: `wrapped` is AES-256-GCM under a
-- wrapping key that lives outside this cluster. Sixteen shelves by hash of the id, so that destroying a key rewrites a
-- sixteenth of the rows and not all of them.
CREATE SCHEMA schakel;
REVOKE ALL ON SCHEMA schakel FROM PUBLIC;

CREATE TABLE schakel.key_row (
  id text NOT NULL PRIMARY KEY CHECK (length(id) BETWEEN 1 AND 300),
  kind text NOT NULL CHECK (kind IN
    ('content', 'case', 'accountability', 'transit', 'intake', 'label', 'label-seal', 'operator')),
  part integer,
  seq bigint,
  wrapped bytea NOT NULL CHECK (octet_length(wrapped) BETWEEN 29 AND 1024),
  wrapped_with text NOT NULL,
  wrapped_by text,
  not_after bigint,
  CHECK ((part IS NULL) = (seq IS NULL))
) PARTITION BY HASH (id);

DO $$
BEGIN
  FOR shelf IN 0..15 LOOP
    EXECUTE format('CREATE TABLE schakel.key_row_%s PARTITION OF schakel.key_row FOR VALUES WITH (MODULUS 16, REMAINDER %s)',
      shelf, shelf);
  END LOOP;
END $$;

CREATE INDEX key_row_place ON schakel.key_row (part, seq) WHERE part IS NOT NULL;
CREATE INDEX key_row_kind ON schakel.key_row (kind, id);

-- ANALYZE would copy sample values into pg_statistic, where no VACUUM of these tables reaches them.
ALTER TABLE schakel.key_row ALTER COLUMN wrapped SET STATISTICS 0;
ALTER TABLE schakel.key_row ALTER COLUMN id SET STATISTICS 0;

-- Shelves with rows that were deleted but are still in files: written in the transaction of the delete, removed when the
-- files are clean. A crash in between leaves a line here, and the next destruction takes it along.
CREATE TABLE schakel.purge_due (
  due bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  shelf integer NOT NULL,
  deleted_by xid8 NOT NULL DEFAULT pg_current_xact_id()
);

-- Whether nobody in this database can still see what transaction `deleted_by` deleted: only then does a rewrite drop it.
CREATE FUNCTION schakel.unseen(deleted_by xid8) RETURNS boolean
LANGUAGE sql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
  SELECT NOT EXISTS (
      SELECT FROM pg_stat_activity
      WHERE datname = current_database() AND pid <> pg_backend_pid()
        AND (age(backend_xmin) >= age(deleted_by::xid) OR age(backend_xid) >= age(deleted_by::xid)))
    AND NOT EXISTS (SELECT FROM pg_prepared_xacts WHERE database = current_database())
    AND NOT EXISTS (SELECT FROM pg_replication_slots WHERE xmin IS NOT NULL OR catalog_xmin IS NOT NULL)
$$;
REVOKE ALL ON FUNCTION schakel.unseen(xid8) FROM PUBLIC;
