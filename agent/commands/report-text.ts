import { showQuantity } from "../core/quantity.ts";
import type { Identity, Problem, Reading, Report } from "../core/reading.ts";
import { columns, printable } from "./text.ts";

/** What an address answered, as lines for a person. */
export function reportLines(
  address: string,
  driver: string,
  unproven: boolean,
  reports: readonly Report[],
): string[] {
  const proof = unproven ? ", which has no proof against real hardware yet" : "";
  const head = `${printable(address)}: read by ${driver}${proof}`;
  return [head, ...reports.flatMap((report) => oneReport(report))];
}

function oneReport({ key, identity, readings, problems }: Report): string[] {
  const name = [identity.make, identity.model].filter((part) => part !== undefined).join(" ");
  const where = key === "" ? "" : ` at ${key}`;
  return [
    `  ${printable(name === "" ? "Make and model not said" : name)}${where}`,
    ...columns(identityRows(identity), "    "),
    ...columns(readings.map(readingRow), "    "),
    ...problems.map((problem) => `    problem: ${problemText(problem)}`),
  ];
}

function identityRows(identity: Identity): string[][] {
  const { make: _, model: __, ...rest } = identity;
  return Object.entries(rest).map(([name, value]) => [name, printable(String(value))]);
}

function readingRow({
  metric,
  part,
  value,
  algorithm,
  averagedSeconds,
  measured,
}: Reading): string[] {
  const notes = [
    ...(algorithm === undefined ? [] : [algorithm]),
    ...(averagedSeconds === undefined || averagedSeconds === 0
      ? []
      : [`mean of ${averagedSeconds} s`]),
    ...(measured === undefined ? [] : [`measured at: ${measured}`]),
  ];
  return [metric, printable(part), showQuantity(metric, value), printable(notes.join(", "))];
}

function problemText({ metric, part, why, ask }: Problem): string {
  const what = [metric ?? "the reply", part].filter((word) => word !== "").join(" ");
  return printable(`${what} is ${why.replaceAll("-", " ")} (ask ${ask})`);
}
