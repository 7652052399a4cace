"""Which statements take away what the version before may use."""

from __future__ import annotations

import pytest

from migrations import UnreadableFileError, contracts

TAKES_AWAY = {
    'DROP TABLE "a";': "drops a table",
    "DROP TABLE IF EXISTS a, b CASCADE;": "drops a table",
    'DROP VIEW "a";': "drops a view",
    "DROP TYPE public.a;": "drops a type",
    "DROP FUNCTION f(int);": "drops a function",
    'DROP POLICY "p" ON "a" CASCADE;': "drops a policy",
    'DROP INDEX "a_b_idx";': "drops an index that may be unique",
    'ALTER TABLE "a" DROP COLUMN "b";': "drops a column",
    'ALTER TABLE "a" DROP b;': "drops a column",
    'ALTER TABLE "a" ADD COLUMN "c" text, DROP COLUMN "b";': "drops a column",
    'ALTER TABLE "a" DROP CONSTRAINT "a_b_unique";': "drops a constraint",
    'ALTER TABLE "a" RENAME COLUMN "b" TO "c";': "renames a table, or a part of it",
    'ALTER TABLE "a" RENAME TO "b";': "renames a table",
    'ALTER TABLE ONLY "a" ALTER COLUMN "b" SET DATA TYPE bigint USING b::bigint;': "the type of",
    'ALTER TABLE "a" ALTER "b" TYPE text;': "changes the type of a column",
    'ALTER TABLE "a" ALTER COLUMN "b" SET NOT NULL;': "refuses NULL",
    'ALTER TABLE "a" ALTER COLUMN "b" DROP DEFAULT;': "no longer fills",
    'ALTER TABLE "a" ADD COLUMN "b" text NOT NULL;': "must be filled",
    'ALTER TABLE "a" ADD COLUMN IF NOT EXISTS "b" uuid PRIMARY KEY;': "must be filled",
    'ALTER TABLE "a" ADD CONSTRAINT "c" CHECK ("b" > 0);': "refuses rows",
    'ALTER TABLE "a" ADD CONSTRAINT "c" UNIQUE("b");': "refuses rows",
    'ALTER TABLE "a" ADD CONSTRAINT "c" FOREIGN KEY ("b") REFERENCES "d"("id");': "refuses rows",
    'ALTER TABLE "a" ADD CONSTRAINT "c" NOT NULL "b";': "refuses rows",
    'ALTER TABLE "a" SET SCHEMA "s";': "another schema",
    'ALTER TABLE "a" ENABLE ROW LEVEL SECURITY;': "hides rows",
    'ALTER TABLE "a" DETACH PARTITION "b";': "takes rows out",
    'CREATE UNIQUE INDEX "i" ON "a" USING btree ("b");': "refuses rows",
    'CREATE POLICY "p" ON "a" AS RESTRICTIVE FOR ALL TO public USING (true);': "hides rows",
    'ALTER POLICY "p" ON "a" TO public USING (true);': "who sees which rows",
    "ALTER TYPE \"e\" RENAME VALUE 'a' TO 'b';": "renames a type",
    'ALTER SEQUENCE "s" RENAME TO "t";': "renames a sequence",
    'ALTER DOMAIN "d" SET NOT NULL;': "narrows a type",
    "REVOKE SELECT ON a FROM app;": "takes rights away",
    "ALTER DEFAULT PRIVILEGES REVOKE ALL ON TABLES FROM app;": "takes rights away",
    "TRUNCATE a;": "empties a table",
    "DO $$ BEGIN\n  IF true THEN\n    DROP TABLE a;\n  END IF;\nEND $$;": "drops a table",
    "DO $$ BEGIN EXECUTE 'ALTER TABLE a DROP COLUMN b'; END $$;": "drops a column",
}
ADDS = (
    'CREATE TABLE "a" ("id" uuid PRIMARY KEY, "b" text NOT NULL UNIQUE);',
    'ALTER TABLE "a" ADD COLUMN "b" text;',
    'ALTER TABLE "a" ADD "b" text DEFAULT \'x\' NOT NULL;',
    'ALTER TABLE "a" ADD COLUMN "b" bigserial NOT NULL;',
    'ALTER TABLE "a" ADD COLUMN "b" integer NOT NULL GENERATED ALWAYS AS (1) STORED;',
    'ALTER TABLE "a" ALTER COLUMN "b" DROP NOT NULL;',
    'ALTER TABLE "a" ALTER COLUMN "b" SET DEFAULT now();',
    'ALTER TABLE "a" OWNER TO "app";',
    'CREATE INDEX CONCURRENTLY "i" ON "a" ("b");',
    "CREATE TYPE \"e\" AS ENUM('a');",
    "ALTER TYPE \"e\" ADD VALUE 'drop table';",
    'CREATE POLICY "p" ON "a" AS PERMISSIVE FOR SELECT TO public USING (true);',
    "INSERT INTO a VALUES ('ALTER TABLE a DROP COLUMN b');",
    "UPDATE a SET b = 1 WHERE b IS NULL;",
    "GRANT SELECT ON a TO app;",
    "COMMENT ON TABLE a IS 'DROP TABLE a';",
    "CREATE FUNCTION f() RETURNS void LANGUAGE sql AS $$ DROP TABLE a $$;",
    # Only what the same file made.
    'CREATE TABLE "a" ("b" text);\nALTER TABLE "a" ALTER COLUMN "b" SET NOT NULL;',
    'CREATE TABLE "a" ("b" text);\nALTER TABLE "public"."a" ENABLE ROW LEVEL SECURITY;',
    'CREATE TABLE IF NOT EXISTS "a" ("b" text);\nCREATE UNIQUE INDEX "i" ON "a" ("b");',
    'CREATE TABLE "a" ("b" text);\nDROP TABLE "a";',
    'ALTER TABLE "a" ADD COLUMN "b" text;\nALTER TABLE "a" ADD CONSTRAINT "c" FOREIGN KEY ("b") '
    'REFERENCES "d"("id");',
    'ALTER TABLE "a" ADD COLUMN "b" text;\nALTER TABLE "a" ALTER COLUMN "b" SET NOT NULL;',
    'ALTER TABLE "a" ADD COLUMN "b" text;\nCREATE UNIQUE INDEX "i" ON "a" ("b");',
    # Replaced rather than dropped.
    'DROP POLICY "p" ON "a";\nCREATE POLICY "p" ON "a" USING (true);',
    "DROP VIEW v;\nCREATE VIEW v AS SELECT 1;",
    # Without it more is allowed than before.
    'ALTER TABLE "a" ADD COLUMN "b" text;\nALTER TABLE "a" ADD CONSTRAINT "c" FOREIGN KEY ("b") '
    'REFERENCES "d"("id");\nALTER TABLE "a" DROP CONSTRAINT "c";',
    'CREATE INDEX "i" ON "a" ("b");\nDROP INDEX "i";',
)


@pytest.mark.parametrize("sql", TAKES_AWAY)
def test_what_removes_renames_or_narrows_is_found_with_its_reason(sql: str) -> None:
    [contract] = contracts({"0001.sql": sql})
    assert TAKES_AWAY[sql] in contract.why


@pytest.mark.parametrize("sql", ADDS)
def test_what_adds_or_concerns_what_the_file_made_is_no_danger(sql: str) -> None:
    assert [str(contract) for contract in contracts({"0001.sql": sql})] == []


def test_a_place_is_that_of_the_statement_also_within_a_block() -> None:
    texts = {
        "0001.sql": 'CREATE TABLE "a" ("b" text);',
        "0002.sql": 'SELECT 1;\n--> statement-breakpoint\nALTER TABLE "a"\n  DROP COLUMN "b";',
        "0003.sql": "DO $$\nBEGIN\n  DROP TABLE a;\nEND $$;",
    }
    assert [str(contract) for contract in contracts(texts)] == [
        '0002.sql:3: ALTER TABLE "a" DROP COLUMN "b" (drops a column)',
        "0003.sql:3: DROP TABLE a (drops a table)",
    ]


def test_what_an_earlier_file_made_may_be_in_use() -> None:
    texts = {
        "0001.sql": 'CREATE TABLE "a" ("b" text);',
        "0002.sql": 'CREATE UNIQUE INDEX "i" ON "a" ("b");',
    }
    assert [contract.file for contract in contracts(texts)] == ["0002.sql"]


def test_a_table_is_not_taken_for_a_policy_of_its_name() -> None:
    sql = 'CREATE POLICY "a" ON "a" USING (true);\nDROP TABLE "a";'
    assert [contract.why for contract in contracts({"0001.sql": sql})] == ["drops a table"]


def test_a_file_that_is_no_sql_is_named_with_its_line() -> None:
    with pytest.raises(UnreadableFileError, match=r"^0001\.sql:2: "):
        contracts({"0001.sql": "SELECT 1;\nSELECT 'never ends"})
