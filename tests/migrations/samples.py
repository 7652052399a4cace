"""Statements of migrations, with what Postgres says to the owner of a database.

Without a state it runs them. What only a cloud's own Postgres can show is not here.
"""

from __future__ import annotations

KNOWN_MIGRATION = "CREATE ROLE rls_bypass_admin WITH BYPASSRLS NOLOGIN"
"""Of ``0001_custom_rls_extensions.sql``."""

DENIED, EXISTS, UNDEFINED, UNAVAILABLE, IN_TRANSACTION = (
    "42501", "42710", "42704", "0A000", "25001",
)  # fmt: skip

ANYWHERE: dict[str, str | None] = {
    KNOWN_MIGRATION: DENIED,
    "create user x with login superuser": DENIED,
    "CREATE GROUP x BYPASSRLS": DENIED,
    "CREATE ROLE x NOSUPERUSER NOBYPASSRLS": None,
    "CREATE ROLE x LOGIN PASSWORD 'BYPASSRLS'": None,
    'CREATE ROLE "BYPASSRLS"': None,
    "CREATE ROLE x; ALTER ROLE x NOLOGIN CONNECTION LIMIT 3": None,
    "CREATE ROLE y; ALTER ROLE y BYPASSRLS": DENIED,
    "CREATE ROLE y; ALTER USER y WITH NOBYPASSRLS": DENIED,
    "CREATE ROLE x; ALTER ROLE x SET search_path = superuser, public": None,
    "CREATE ROLE x; ALTER ROLE x RENAME TO bypassrls": None,
    "CREATE ROLE x; CREATE ROLE y; ALTER GROUP x ADD USER y": None,
    "CREATE ROLE beep_owner": EXISTS,
    "CREATE ROLE BEEP_OWNER NOLOGIN": EXISTS,
    'CREATE ROLE "BEEP_OWNER"': None,
    "ALTER SYSTEM SET work_mem = '8MB'": IN_TRANSACTION,
    "ALTER DATABASE beep SET work_mem = '8MB'": None,
    "CREATE TABLE t (a text); COPY t FROM '/etc/hostname'": DENIED,
    "CREATE TABLE t (a text); COPY t (a) TO '/tmp/t.csv' WITH (FORMAT csv)": DENIED,
    "COPY (SELECT 'x' FROM pg_roles) TO PROGRAM 'cat'": DENIED,
    "COPY (SELECT 'x' FROM pg_roles WHERE rolname = 'to') TO STDOUT": None,
    "CREATE TABLESPACE fast LOCATION '/mnt'": IN_TRANSACTION,
    "CREATE FUNCTION f() RETURNS int LANGUAGE c AS 'library', 'symbol'": DENIED,
    "CREATE OR REPLACE FUNCTION f(language text) RETURNS int AS 'x' LANGUAGE internal": DENIED,
    "CREATE PROCEDURE p() LANGUAGE plpython3u AS 'pass'": UNDEFINED,
    "CREATE FUNCTION f(language text) RETURNS text LANGUAGE sql AS 'SELECT language'": None,
    "CREATE FUNCTION f() RETURNS int LANGUAGE sql BEGIN ATOMIC SELECT 1; SELECT 2; END": None,
    "CREATE TABLE t (language text, superuser bool, role text)": None,
    "DO LANGUAGE plperlu 'x'": UNDEFINED,
    "CREATE LANGUAGE plpython3u": UNAVAILABLE,
    "CREATE TRUSTED LANGUAGE mine HANDLER plpgsql_call_handler": DENIED,
    "CREATE EXTENSION vector": EXISTS,
    'CREATE EXTENSION IF NOT EXISTS "vector" WITH SCHEMA public': None,
    "CREATE EXTENSION plpgsql": EXISTS,
    "SELECT 'CREATE ROLE x SUPERUSER;', E'it\\'s; ALTER SYSTEM', $a$ $$; $a$": None,
    "SELECT 1 /* /* nested ' */ CREATE ROLE x SUPERUSER; */ -- it's; ALTER SYSTEM": None,
    "CREATE FUNCTION f() RETURNS void LANGUAGE plpgsql AS"
    " $$ BEGIN CREATE ROLE x SUPERUSER; END $$": None,
    # Blocks.
    "DO $$ BEGIN CREATE ROLE x SUPERUSER; END $$": DENIED,
    "DO 'BEGIN EXECUTE ''CREATE ROLE x BYPASSRLS''; END'": DENIED,
    "DO $a$ BEGIN EXECUTE format($$CREATE ROLE %I BYPASSRLS$$, 'x'); END $a$": DENIED,
    "DO $$ DECLARE n text := 'x'; BEGIN EXECUTE 'CREATE ROLE ' || quote_ident(n)"
    " || ' SUPERUSER'; END $$": DENIED,
    "DO $$ BEGIN EXECUTE 'CREATE ROLE x' USING 1; END $$": None,
    "DO $$ BEGIN CREATE ROLE x BYPASSRLS;"
    " EXCEPTION WHEN insufficient_privilege THEN NULL; END $$": None,
    "DO $$ BEGIN CREATE ROLE x BYPASSRLS; EXCEPTION WHEN OTHERS THEN NULL; END $$": None,
    "DO $$ BEGIN CREATE ROLE x BYPASSRLS;"
    " EXCEPTION WHEN unique_violation OR SQLSTATE '42501' THEN CREATE ROLE x; END $$": None,
    "DO $$ BEGIN CREATE ROLE x BYPASSRLS; EXCEPTION"
    " WHEN syntax_error_or_access_rule_violation THEN NULL; END $$": None,
    "DO $$ BEGIN CREATE ROLE x BYPASSRLS;"
    " EXCEPTION WHEN duplicate_object THEN NULL; END $$": DENIED,
    "DO $$ BEGIN CREATE ROLE x BYPASSRLS;"
    " EXCEPTION WHEN insufficient_privilege THEN CREATE ROLE x SUPERUSER; END $$": DENIED,
    "DO $$ BEGIN CREATE ROLE beep_owner; EXCEPTION WHEN duplicate_object THEN NULL; END $$": None,
    # The rights are looked at first, so that the handler meets the role.
    "DO $$ BEGIN CREATE ROLE beep_owner BYPASSRLS; EXCEPTION WHEN duplicate_object THEN NULL;"
    " WHEN insufficient_privilege THEN CREATE ROLE beep_owner; END $$": EXISTS,
    "DO $$ BEGIN IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'beep_owner') THEN"
    " CREATE ROLE beep_owner SUPERUSER; END IF; END $$": None,
    "DO $$ BEGIN IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'other') THEN"
    " CREATE ROLE beep_owner; END IF; END $$": EXISTS,
    "DO $$ BEGIN IF EXISTS (SELECT FROM pg_roles WHERE rolname = 'beep_owner') THEN"
    " CREATE ROLE beep_owner; END IF; END $$": EXISTS,
    "DO $$ BEGIN IF 1 = (CASE WHEN true THEN 1 END) THEN NULL; ELSIF false THEN NULL;"
    " ELSE NULL; END IF; CREATE ROLE x SUPERUSER; END $$": DENIED,
    "DO $$ BEGIN IF 1 = (CASE WHEN true THEN 1 END) THEN CREATE ROLE x SUPERUSER;"
    " END IF; END $$": DENIED,
    "DO $$ BEGIN CASE 1 WHEN 2 THEN NULL; WHEN 1 THEN CREATE ROLE x SUPERUSER;"
    " ELSE NULL; END CASE; END $$": DENIED,
    "DO $$ << outer_block >> DECLARE i int; BEGIN FOR i IN 1..2 LOOP BEGIN"
    " CREATE ROLE x BYPASSRLS; EXCEPTION WHEN insufficient_privilege THEN NULL; END;"
    " END LOOP; CREATE TABLE t (); END outer_block $$": None,
    "DO $$ BEGIN BEGIN CREATE TABLE t (); EXCEPTION WHEN insufficient_privilege THEN NULL; END;"
    " ALTER ROLE beep_owner SUPERUSER; END $$": DENIED,
    "DO $$ BEGIN ALTER SYSTEM SET work_mem = '8MB';"
    " EXCEPTION WHEN insufficient_privilege THEN NULL; END $$": IN_TRANSACTION,
    "DO $$ BEGIN CREATE EXTENSION vector; EXCEPTION WHEN duplicate_object THEN NULL; END $$": None,
}
"""The same on Cloud SQL and on a machine."""

ON_A_MACHINE: dict[str, str | None] = {
    "CREATE ROLE x REPLICATION": DENIED,
    "CREATE ROLE x CREATEDB": DENIED,
    "CREATE ROLE y; ALTER ROLE y NOREPLICATION": DENIED,
    "CREATE ROLE rls_bypass_admin NOLOGIN": EXISTS,
    "DROP ROLE IF EXISTS nobody; CREATE EVENT TRIGGER e ON ddl_command_end"
    " EXECUTE FUNCTION f()": DENIED,
    "CREATE EXTENSION IF NOT EXISTS postgis": UNAVAILABLE,
}

IN_CLOUD_SQL: dict[str, str | None] = {
    "CREATE ROLE x CREATEDB": None,
    "CREATE ROLE rls_bypass_admin NOLOGIN": None,
}
"""Where the owner has CREATEROLE and CREATEDB, and no more."""
