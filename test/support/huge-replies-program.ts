import type { Ask } from "../../agent/drivers/driver.ts";
import { DRIVERS } from "../../agent/drivers/registry.ts";
import { faultIn, wildness } from "../../scripts/fuzz/tame.ts";
import { driverScenes } from "./driver-scenes.ts";
import { inflated, monotonous } from "./huge-shapes.ts";

// A process of its own, whose heap the test bounds: it dies of a reply that takes more than it may.
const [mode = ""] = process.argv.slice(2);
const KB = 1024;
const REPLY_BYTES = mode === "fifty" ? 50_000_000 : KB * KB;

const faults: string[] = [];
let cases = 0;
let slowestMs = 0;
let slowest = "";

function timed(what: string, run: () => string | undefined): void {
  const startMs = performance.now();
  const fault = run();
  const tookMs = performance.now() - startMs;
  cases += 1;
  if (tookMs > slowestMs) [slowestMs, slowest] = [tookMs, what];
  if (fault !== undefined) faults.push(`${what}: ${fault.slice(0, 300)}`);
}

function decodes(decode: Ask["decode"], reply: Uint8Array): string | undefined {
  return faultIn(() => {
    decode(reply);
    return undefined;
  });
}

/** Every decoder once with all that says nothing. */
function tryDecoders(): void {
  const decoders = new Map<Ask["decode"], string>();
  for (const { name, asks } of DRIVERS)
    for (const [ask, { decode }] of Object.entries(asks))
      if (!decoders.has(decode)) decoders.set(decode, `${name} ${ask}`);
  for (const [what, reply] of Object.entries(monotonous(REPLY_BYTES)))
    for (const [decode, name] of decoders) timed(`${name}, ${what}`, () => decodes(decode, reply));
}

/** Every driver's first scene, each of its replies blown up. */
function tryDrivers(): void {
  const scenes = driverScenes();
  for (const driver of DRIVERS) {
    const scene = scenes.find((one) => one.driver === driver.name);
    for (const [ask, reply] of Object.entries(scene?.replies ?? {}))
      for (const [what, huge] of Object.entries(inflated(reply, REPLY_BYTES)))
        timed(`${driver.name} ${ask} ${what}`, () =>
          wildness(driver, { ...scene?.replies, [ask]: huge }),
        );
  }
}

/** Every driver with every reply far beyond what a link lets through. */
function tryFifty(): void {
  const reply = Buffer.alloc(REPLY_BYTES, '{"a":[1,"b"],');
  const before = process.resourceUsage().maxRSS;
  for (const driver of DRIVERS)
    timed(`${driver.name}, 50 MB`, () =>
      wildness(driver, Object.fromEntries(Object.keys(driver.asks).map((ask) => [ask, reply]))),
    );
  const grownMb = (process.resourceUsage().maxRSS - before) / KB;
  if (grownMb > 64) faults.push(`50 MB replies take ${Math.round(grownMb)} MB more`);
}

if (mode === "fifty") tryFifty();
else if (mode === "decoders") tryDecoders();
else tryDrivers();
process.stdout.write(JSON.stringify({ cases, slowest, slowestMs: Math.round(slowestMs), faults }));
