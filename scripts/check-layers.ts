import { existsSync } from "node:fs";
import { join } from "node:path";
import type { ICruiseResult } from "dependency-cruiser";
import { ROOT, runProgram } from "./run-program.ts";

// A cruiser that cannot read TypeScript sees nothing and is content with it.
const LEAST_MODULES = 20;
const FOLDERS = ["agent", "coordinator", "proto", "scripts", "test"];

const folders = FOLDERS.filter((folder) => existsSync(join(ROOT, folder)));
const cruise = await runProgram("depcruise", [
  "--config",
  ".dependency-cruiser.cjs",
  "--output-type",
  "json",
  ...folders,
]);
if (!cruise.stdout.startsWith("{")) throw new Error(`depcruise failed:\n${cruise.stderr}`);
const { summary } = JSON.parse(cruise.stdout) as ICruiseResult;
const lines = summary.violations.map(({ from, to, rule, cycle }) => {
  const way = cycle === undefined ? to : cycle.map(({ name }) => name).join(" → ");
  return `${rule.name}: ${from} → ${way}`;
});
if (summary.totalCruised < LEAST_MODULES) {
  lines.push(
    `Only ${summary.totalCruised} modules were looked at: the check itself does not work.`,
  );
}
process.stdout.write(
  `${[...lines, `${summary.totalCruised} modules, ${summary.violations.length} violations`].join("\n")}\n`,
);
if (lines.length > 0) process.exitCode = 1;
