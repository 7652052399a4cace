// Makes the script "db:migrate" of the package in this folder take the lock of with-lock.mjs.
//
// Ends the build where the package has no such script, or no pg for the lock's connection.
import { readFileSync, writeFileSync } from "node:fs";

// Looked for as with-lock.mjs, which lies beside this, will look for it.
import.meta.resolve("pg");

const manifest = JSON.parse(readFileSync("package.json", "utf8"));
const migrate = manifest.scripts?.["db:migrate"];
if (!migrate) throw new Error("package.json has no script db:migrate");
manifest.scripts["db:migrate:unlocked"] = migrate;
manifest.scripts["db:migrate"] = "node with-lock.mjs bun run db:migrate:unlocked";
writeFileSync("package.json", `${JSON.stringify(manifest, null, 2)}\n`);
