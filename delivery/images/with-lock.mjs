// Runs a command while no other migration of the same database can run: node with-lock.mjs COMMAND...
//
// The lock belongs to a session of Postgres, so it is held by one connection for the whole run, and
// it is gone with that connection whatever becomes of this process. Should the connection end
// early, another run could begin: the command is ended, and so is this with 1. DB_PG_URL says which
// database; nothing of it is printed.
import { spawn } from "node:child_process";
import pg from "pg";

// The first eight bytes of sha256("beep migrations"). A bigint as text: a number has 53 bits.
const LOCK = "2187977876284538078";
const WAIT_MILLISECONDS = 600_000;

const [command, ...args] = process.argv.slice(2);
const client = new pg.Client({
  connectionString: process.env.DB_PG_URL,
  application_name: "beep-migrate lock",
  // A proxy or a firewall ends a connection that says nothing for long.
  keepAlive: true,
});

function fail(text) {
  console.error(`with-lock: ${text}`);
  process.exitCode = 1;
}

let child;
let isDone = false;
client.on("error", () => {
  if (isDone) return;
  fail("the connection that holds the lock has ended; the migration is stopped");
  if (child) child.kill("SIGTERM");
  else process.exit();
});

try {
  await client.connect();
  // idle_session_timeout would end the session that holds the lock.
  await client.query(`SET idle_session_timeout = 0; SET lock_timeout = ${WAIT_MILLISECONDS}`);
  await client.query("SELECT pg_advisory_lock($1::bigint)", [LOCK]);
} catch (error) {
  // 55P03 is lock_not_available. The message of another error may quote the address.
  fail(
    error.code === "55P03"
      ? `another migration has been running for ${WAIT_MILLISECONDS / 1000} s`
      : `no lock on the database: ${error.code ?? error.name}`,
  );
  process.exit();
}

// Before the command starts: a signal that comes while it does would end this process alone.
for (const signal of ["SIGTERM", "SIGINT"]) process.on(signal, () => child.kill(signal));
child = spawn(command, args, { stdio: "inherit" });
child.on("error", (error) => {
  fail(`${command}: ${error.code}`);
  client.end();
});
child.on("exit", (code, signal) => {
  // What was set before stays: a command that ended well without its lock has not ended well.
  process.exitCode ||= code ?? 1;
  if (signal) fail(`${command} was ended by ${signal}`);
  isDone = true;
  client.end();
});
