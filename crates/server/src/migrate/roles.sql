-- The three roles and the schema, made before the migrations by whoever may make roles (a
-- superuser, or a login with CREATEROLE that may create in this database). Again is no change.
-- Roles belong to the whole cluster: another database may have made them, even this instant.
DO $$
DECLARE
    role_name text;
    -- From Postgres 16 on, who made a role is its member, but may act as it only once that is granted.
    may_act text := CASE WHEN pg_catalog.current_setting('server_version_num')::int >= 160000 THEN 'SET' ELSE 'MEMBER' END;
BEGIN
    FOREACH role_name IN ARRAY ARRAY['mitta_owner', 'mitta_definer', 'mitta_server'] LOOP
        IF NOT EXISTS (SELECT FROM pg_catalog.pg_roles WHERE rolname = role_name) THEN
            BEGIN
                EXECUTE format('CREATE ROLE %I NOLOGIN NOBYPASSRLS', role_name);
            EXCEPTION WHEN duplicate_object OR unique_violation THEN NULL;
            END;
        END IF;
    END LOOP;
    FOREACH role_name IN ARRAY ARRAY['mitta_owner', 'mitta_definer'] LOOP
        -- The one who migrates acts as these two.
        IF NOT pg_catalog.pg_has_role(role_name, may_act) THEN
            EXECUTE format('GRANT %I TO CURRENT_USER', role_name);
        END IF;
    END LOOP;
END $$;
CREATE SCHEMA IF NOT EXISTS mitta AUTHORIZATION mitta_owner;
