import { readFileSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { type Outcome, unreadBecause } from "./harness.ts";

const README = fileURLToPath(new URL("../../../agent/drivers/README.md", import.meta.url));
const BEGIN = "<!-- recordings: written by test/promise/recordings/write-table.ts -->";
const END = "<!-- /recordings -->";

interface Count {
  readonly family: string;
  readonly recordings: number;
  readonly identified: number;
  readonly agree: number;
  readonly differ: number;
  readonly unread: number;
}

/** How a family's recordings came out. Those that neither agree nor differ say nothing that could be compared. */
function countOf(family: string, outcomes: readonly Outcome[]): Count {
  const read = outcomes.filter(({ recording }) => unreadBecause(recording) === undefined);
  const compared = read.filter((outcome) => Object.keys(outcome.compared).length > 0);
  const differ = compared.filter((outcome) =>
    Object.values(outcome.compared).some((difference) => difference !== undefined),
  ).length;
  return {
    family,
    recordings: outcomes.length,
    identified: outcomes.filter(
      ({ known, recording }) => known.length === 1 && known[0] === recording.driver?.name,
    ).length,
    agree: compared.length - differ,
    differ,
    unread: outcomes.length - read.length,
  };
}

/** Families × (recordings, identified, agree, differ, unread) as a table in Markdown, the sum last. */
export function tallyTable(outcomes: readonly Outcome[]): string {
  const families = [...new Set(outcomes.map(({ recording }) => recording.family.family))].sort();
  const counts = families.map((name) =>
    countOf(
      name,
      outcomes.filter(({ recording }) => recording.family.family === name),
    ),
  );
  return [
    "| family | recordings | identified | agree | differ | unread |",
    "| --- | --- | --- | --- | --- | --- |",
    ...[...counts, countOf("all", outcomes)].map(
      ({ family, ...numbers }) => `| ${[family, ...Object.values(numbers)].join(" | ")} |`,
    ),
  ].join("\n");
}

/** The table that stands in agent/drivers/README.md; undefined where there is none between its marks. */
export function keptTable(): string | undefined {
  const text = readFileSync(README, "utf8");
  const [from, to] = [text.indexOf(BEGIN), text.indexOf(END)];
  return from < 0 || to < from ? undefined : text.slice(from + BEGIN.length, to).trim();
}

/** Puts a table between the marks, or marks and table at the end where there are none yet. */
export function keepTable(table: string): void {
  const text = readFileSync(README, "utf8");
  const [from, to] = [text.indexOf(BEGIN), text.indexOf(END)];
  const block = `${BEGIN}\n\n${table}\n\n${END}`;
  const renewed =
    from < 0 || to < from
      ? `${text.trimEnd()}\n\n${block}\n`
      : `${text.slice(0, from)}${block}${text.slice(to + END.length)}`;
  writeFileSync(README, renewed);
}
