-- One role per identity of services/cli/store-config.ts, with the rows it works on and no others: row-level security on kind.
-- Roles belong to the whole cluster and may be there already; passwords are set apart (infra/postgres/roles.ts).
DO $$
DECLARE
  identity text;
BEGIN
  FOREACH identity IN ARRAY ARRAY['exchange', 'ledger', 'courier', 'gateway', 'console', 'operator'] LOOP
    BEGIN
      EXECUTE format('CREATE ROLE %I LOGIN NOSUPERUSER NOCREATEDB NOCREATEROLE NOREPLICATION NOBYPASSRLS',
        'schakel_' || identity);
    EXCEPTION WHEN duplicate_object OR unique_violation THEN
      NULL;
    END;
    EXECUTE format('GRANT CONNECT ON DATABASE %I TO %I', current_database(), 'schakel_' || identity);
    EXECUTE format('GRANT USAGE ON SCHEMA schakel TO %I', 'schakel_' || identity);
    EXECUTE format('GRANT SELECT ON schakel.key_row, schakel.artefact TO %I', 'schakel_' || identity);
  END LOOP;
  EXECUTE format('REVOKE ALL ON DATABASE %I FROM PUBLIC', current_database());
END $$;

ALTER TABLE schakel.key_row ENABLE ROW LEVEL SECURITY;

-- Reading.
CREATE POLICY exchange_get ON schakel.key_row FOR SELECT TO schakel_exchange
  USING (kind IN ('content', 'case', 'accountability', 'transit', 'intake', 'label', 'label-seal'));
CREATE POLICY ledger_get ON schakel.key_row FOR SELECT TO schakel_ledger USING (id = 'op:ledger');
CREATE POLICY courier_get ON schakel.key_row FOR SELECT TO schakel_courier USING (kind = 'transit' OR id = 'op:courier');
CREATE POLICY gateway_get ON schakel.key_row FOR SELECT TO schakel_gateway USING (kind IN ('transit', 'accountability'));
CREATE POLICY console_get ON schakel.key_row FOR SELECT TO schakel_console USING (kind = 'accountability');
CREATE POLICY operator_get ON schakel.key_row FOR SELECT TO schakel_operator USING (true);

-- Adding: whoever judges, and the operator (keys by the calendar, first start).
GRANT INSERT ON schakel.key_row TO schakel_exchange, schakel_operator;
CREATE POLICY exchange_put ON schakel.key_row FOR INSERT TO schakel_exchange
  WITH CHECK (kind IN ('content', 'case', 'accountability', 'transit'));
CREATE POLICY operator_put ON schakel.key_row FOR INSERT TO schakel_operator WITH CHECK (true);

-- Destroying: erasure and lost races by the exchange; the calendar, retention and orders by the operator.
GRANT DELETE ON schakel.key_row TO schakel_exchange, schakel_operator;
CREATE POLICY exchange_destroy ON schakel.key_row FOR DELETE TO schakel_exchange USING (kind IN ('content', 'case'));
CREATE POLICY operator_destroy ON schakel.key_row FOR DELETE TO schakel_operator USING (true);

-- Another wrapping key: the operator alone, and these two columns alone.
GRANT UPDATE (wrapped, wrapped_with) ON schakel.key_row TO schakel_operator;
CREATE POLICY operator_rewrap ON schakel.key_row FOR UPDATE TO schakel_operator USING (true) WITH CHECK (true);

-- Cleaning the files after a destruction.
GRANT SELECT, INSERT, DELETE ON schakel.purge_due TO schakel_exchange, schakel_operator;
GRANT EXECUTE ON FUNCTION schakel.unseen(xid8) TO schakel_exchange, schakel_operator;
GRANT EXECUTE ON FUNCTION pg_catalog.pg_switch_wal() TO schakel_exchange, schakel_operator;
DO $$
DECLARE
  identity text;
BEGIN
  FOREACH identity IN ARRAY ARRAY['schakel_exchange', 'schakel_operator'] LOOP
    IF NOT pg_has_role(identity, 'pg_checkpoint', 'MEMBER') THEN
      EXECUTE format('GRANT pg_checkpoint TO %I', identity);
    END IF;
    FOR shelf IN 0..15 LOOP
      EXECUTE format('GRANT MAINTAIN ON schakel.key_row_%s TO %I', shelf, identity);
    END LOOP;
  END LOOP;
END $$;

GRANT INSERT ON schakel.artefact TO schakel_operator;

-- `schakel doctor` looks whether the migrations are current.
GRANT USAGE ON SCHEMA schakel_migrations TO schakel_operator;
GRANT SELECT ON schakel_migrations.applied TO schakel_operator;
