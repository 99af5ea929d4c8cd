import { showQuantity } from "../core/quantity.ts";
import {
  type Condition,
  type Identity,
  type Problem,
  type Reading,
  type Report,
  STATUS_OF,
} from "../core/reading.ts";
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

function oneReport({ key, identity, condition, readings, problems }: Report): string[] {
  const name = [identity.make, identity.model].filter((part) => part !== undefined).join(" ");
  const where = key === "" ? "" : ` at ${key}`;
  return [
    `  ${printable(name === "" ? "Make and model not said" : name)}${where}`,
    ...columns(identityRows(identity), "    "),
    ...conditionLines(condition),
    ...columns(readings.map(readingRow), "    "),
    ...problems.map((problem) => `    problem: ${problemText(problem)}`),
  ];
}

function identityRows(identity: Identity): string[][] {
  const { make: _, model: __, ...rest } = identity;
  return Object.entries(rest).map(([name, value]) => [name, printable(String(value))]);
}

function conditionLines({ state, said, errors = [] }: Condition = {}): string[] {
  const word = said === undefined ? "" : `, says: ${said}`;
  const known = state ?? (said === undefined ? undefined : "not known");
  return [
    ...(known === undefined ? [] : [`    state: ${printable(`${known}${word}`)}`]),
    ...errors.map((error) => `    error: ${printable(error)}`),
  ];
}

function readingRow({
  metric,
  part,
  value,
  algorithm,
  averagedSeconds,
  measured,
  inferred,
}: Reading): string[] {
  const notes = [
    ...(algorithm === undefined ? [] : [algorithm]),
    ...(averagedSeconds === undefined || averagedSeconds === 0
      ? []
      : [averagedSeconds === "start" ? "mean since start" : `mean of ${averagedSeconds} s`]),
    ...(measured === undefined ? [] : [`measured at: ${measured}`]),
    ...(inferred === undefined ? [] : ["unit told from its size"]),
  ];
  return [metric, printable(part), showQuantity(metric, value), printable(notes.join(", "))];
}

function problemText({ metric, part, why, ask }: Problem): string {
  const what = [metric ?? "the reply", part].filter((word) => word !== "").join(" ");
  const status = STATUS_OF[why].replaceAll("-", " ");
  const cause = why.replaceAll("-", " ");
  return printable(`${what}: ${status}${status === cause ? "" : `, ${cause}`} (ask ${ask})`);
}
