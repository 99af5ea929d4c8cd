import { execFile } from "node:child_process";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import t from "tap";

const PROGRAM = fileURLToPath(new URL("../support/huge-replies-program.ts", import.meta.url));
/** Old space of the process: 64 MB for a reply above the 24 or so that drivers, scenes and shapes take. */
const HEAP_MB = 88;

t.setTimeout(300_000);

interface Outcome {
  readonly cases: number;
  readonly slowest: string;
  readonly slowestMs: number;
  readonly faults: readonly string[];
}

async function run(mode: string): Promise<Outcome> {
  const { stdout } = await promisify(execFile)(
    process.execPath,
    [`--max-old-space-size=${HEAP_MB}`, PROGRAM, mode],
    { timeout: 250_000, maxBuffer: 1 << 20 },
  );
  return JSON.parse(stdout);
}

for (const [mode, what] of [
  ["fifty", "50 MB long never reach a decoder"],
  [
    "decoders",
    "as long as a link lets through, of one thing over and over, are decoded or garbled",
  ],
  ["drivers", "of a device, blown up as far as a link lets through, are read"],
] as const)
  t.test(`replies ${what}, in time and memory`, async (t) => {
    const { faults, cases, slowest, slowestMs } = await run(mode);
    t.strictSame(faults, []);
    t.ok(cases > 0);
    t.comment(`${cases} cases, the slowest ${slowest}: ${slowestMs} ms`);
  });
