import { RigError } from "../../core/errors.ts";
import { garbled, textOf } from "./text.ts";

// What nvidia-smi prints where it has no value, in any case, with brackets or without. https://docs.nvidia.com/deploy/nvidia-smi
const NO_VALUE =
  /^(\[.*\]|n\/a|err!|not supported|unknown error|insufficient permissions|gpu requires reset|gpu is lost)$/i;

const LINE_FEED = 0x0a;

/** What columns a line may have, by their names in order. */
type Names = readonly string[];

/**
 * Decodes lines of comma-separated cells, one record a line, as `nvidia-smi --format=csv,noheader,nounits` prints them.
 * Of several lists of columns, that with as many names as a line has cells counts; no two may have equally many. A cell
 * without a value is null; a line that no list fits, such as "GPU is lost", is null as a whole, and so is a last one that
 * does not end: of a number cut short nobody can tell. Throws `driver-garbled` where no line fits.
 */
export function columns(...lists: readonly Names[]): (reply: Uint8Array) => object {
  const byCount = new Map(lists.map((names) => [names.length, names]));
  if (byCount.size !== lists.length)
    throw new RigError("bug", "two lists of columns are told apart by their length only");
  return (reply) => {
    const text = textOf(reply);
    const lines = text.split(/\r?\n/).filter((line) => line.trim() !== "");
    const isWhole = reply.at(-1) === LINE_FEED;
    const records = lines.map((line, at) =>
      isWhole || at < lines.length - 1 ? record(byCount, line) : null,
    );
    if (records.every((found) => found === null))
      throw garbled("no line has the columns asked for", text);
    return records;
  };
}

function record(
  byCount: ReadonlyMap<number, Names>,
  line: string,
): Readonly<Record<string, string | null>> | null {
  const cells = line.split(",").map((cell) => cell.trim());
  const names = byCount.get(cells.length);
  if (names === undefined) return null;
  return Object.fromEntries(
    names.map((name, position) => [name, cellValue(cells[position] ?? "")]),
  );
}

const cellValue = (cell: string): string | null =>
  cell === "" || NO_VALUE.test(cell) ? null : cell;
