import { garbled, textOf } from "./text.ts";

// What nvidia-smi prints where it has no value, in any case, with brackets or without. https://docs.nvidia.com/deploy/nvidia-smi
const NO_VALUE =
  /^(\[.*\]|n\/a|err!|not supported|unknown error|insufficient permissions|gpu requires reset)$/i;

/**
 * Decodes lines of comma-separated cells, one record a line, as `nvidia-smi --format=csv,noheader,nounits` prints them.
 * A cell without a value is null; a line with another number of cells, such as "GPU is lost", is null as a whole. Throws
 * `driver-garbled` where no line fits.
 */
export function columns(names: readonly string[]): (reply: Uint8Array) => object {
  return (reply) => {
    const text = textOf(reply);
    const lines = text.split(/\r?\n/).filter((line) => line.trim() !== "");
    const records = lines.map((line) => record(names, line));
    if (records.every((found) => found === null))
      throw garbled("no line has the columns asked for", text);
    return records;
  };
}

function record(
  names: readonly string[],
  line: string,
): Readonly<Record<string, string | null>> | null {
  const cells = line.split(",").map((cell) => cell.trim());
  if (cells.length !== names.length) return null;
  return Object.fromEntries(
    names.map((name, position) => [name, cellValue(cells[position] ?? "")]),
  );
}

const cellValue = (cell: string): string | null =>
  cell === "" || NO_VALUE.test(cell) ? null : cell;
