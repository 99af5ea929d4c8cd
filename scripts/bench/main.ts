import { readFileSync, writeFileSync } from "node:fs";
import { cpus } from "node:os";
import { join } from "node:path";
import { Command } from "commander";
import { measureCrypto } from "./crypto.ts";
import { measureSearches, type Search } from "./discover.ts";
import { type Footprint, measureFootprint } from "./footprint.ts";
import type { Rate } from "./rates.ts";
import { type Loop, measureScale, type Scale } from "./scale.ts";

const FILE = join(import.meta.dirname, "../../BENCHMARKS.md");
const say = (line: string): void => void process.stdout.write(`${line}\n`);

function cryptoText(rates: readonly Rate[]): string {
  const of = (name: string): number => rates.find((rate) => rate.name === name)?.perSecond ?? 0;
  const ratio = (ours: string, theirs: string): string => `${(of(ours) / of(theirs)).toFixed(1)} ×`;
  return [
    "## Attestations of 12 devices, one core",
    "",
    "`npm run bench -- --only crypto`",
    "",
    "| what | a second |",
    "| --- | ---: |",
    ...rates.map(
      ({ name, perSecond }) => `| ${name} | ${Math.round(perSecond).toLocaleString("en")} |`,
    ),
    "",
    `Digest: ${ratio("digest", "digest by ethers")} ethers'. Verify: ${ratio("verify: digest and recover", "verify by ethers.verifyTypedData")} ethers' (aim: ≥ 10 ×).`,
  ].join("\n");
}

function footprintText(found: Footprint): string {
  const mib = (value: number): string => `${value.toFixed(0)} MiB`;
  return [
    "## What the agent takes: 12 GPUs every 10 s, MQTT, windows of a minute",
    "",
    `\`npm run bench -- --only footprint --seconds ${found.seconds}\``,
    "",
    "| what | figure | aim |",
    "| --- | ---: | ---: |",
    `| resident memory (VmRSS) | ${mib(found.rssMiB)} | < 100 MB |`,
    `| of it anonymous | ${mib(found.anonymousMiB)} | |`,
    `| most resident since start, key unlock included (VmHWM) | ${mib(found.peakMiB)} | |`,
    `| processor, of one core, over ${found.seconds} s after 20 s of start-up | ${found.cpuPercent.toFixed(2)} % | < 1 % |`,
    `| windows attested meanwhile | ${found.attested} | |`,
  ].join("\n");
}

function scaleText(scales: readonly Scale[], loop: Loop | undefined): string {
  const [one] = scales;
  const beside = scales.find(({ devices }) => devices === loop?.devices);
  const share = ((loop?.cpuSeconds ?? 0) / 10) * 100;
  return [
    "## An agent with many ASICs, each asked every 10 s",
    "",
    `\`npm run bench -- --only scale --seconds ${one?.seconds}\``,
    "",
    "| Antminers | processor, of one core | resident | of it anonymous | latest sample | samples |",
    "| ---: | ---: | ---: | ---: | ---: | ---: |",
    ...scales.map(
      (found) =>
        `| ${found.devices} | ${found.cpuPercent.toFixed(1)} % | ${found.rssMiB.toFixed(0)} MiB | ${found.anonymousMiB.toFixed(0)} MiB | ${found.latestMs} ms | ${found.samples} |`,
    ),
    "",
    "Aims for 1,000: ≤ 25 %, ≤ 200 MB, no sample later than 1 s.",
    ...(loop === undefined || beside === undefined
      ? []
      : [
          `A shell loop with a \`curl\` process for each of the same two asks takes ${share.toFixed(1)} % of a core for ${loop.devices} of them in the same run: ${(share / beside.cpuPercent).toFixed(1)} × as much.`,
        ]),
  ].join("\n");
}

function searchText(found: readonly Search[] | string): string {
  const rows =
    typeof found === "string"
      ? [found]
      : [
          "| network | addresses that answer | known | time | sockets at most | most resident |",
          "| --- | ---: | ---: | ---: | ---: | ---: |",
          ...found.map(
            (one) =>
              `| ${one.network} | ${one.answering} | ${one.known} | ${one.seconds.toFixed(1)} s | ${one.sockets} | ${one.peakMiB.toFixed(0)} MiB |`,
          ),
          "",
          "Ten of the 50 that answer are no miners. All other addresses drop what they get. Aims: ≤ 5 s, ≤ 6 minutes, ≤ 512 sockets, ≤ 120 MB.",
        ];
  return [
    "## Searching a network",
    "",
    "`npm run bench -- --only discover` (as root)",
    "",
    ...rows,
  ].join("\n");
}

const PARTS = ["crypto", "footprint", "scale", "discover"] as const;
type Part = (typeof PARTS)[number];

async function measure(part: Part, seconds: number): Promise<string> {
  if (part === "crypto") return cryptoText(measureCrypto());
  if (part === "footprint") return footprintText(await measureFootprint(seconds));
  if (part === "discover") return searchText(await measureSearches());
  const found: Scale[] = [];
  let beside: Loop | undefined;
  for (const devices of [10, 100, 1000]) {
    const { scale, loop } = await measureScale(devices, seconds);
    found.push(scale);
    beside ??= loop;
  }
  return scaleText(found, beside);
}

/** Replaces the sections that were measured and leaves the others as they are. */
function written(before: string, sections: readonly string[]): string {
  const [head = "", ...others] = before.split(/^(?=## )/m);
  const titleOf = (section: string): string => section.split(/[:\n,]/)[0] ?? "";
  const kept = new Map(others.map((section) => [titleOf(section), section.trimEnd()]));
  for (const section of sections) kept.set(titleOf(section), section);
  const machine = `${cpus().length} × ${cpus()[0]?.model.trim() ?? "unknown"}, Node.js ${process.version}`;
  const top = head.replace(/^Machine: .*$/m, `Machine: ${machine}`).trimEnd();
  return `${[top, ...kept.values()].join("\n\n")}\n`;
}

await new Command("bench")
  .description(
    "measure digest and verify rates beside ethers' own, and what the agent takes of its host and network",
  )
  .option("--only <part>", PARTS.join(", "))
  .option("--seconds <n>", "how long the agent is looked at", "180")
  .option("--write", "put the figures into BENCHMARKS.md")
  .addHelpText(
    "after",
    "\nExamples:\n  npm run bench\n  npm run bench -- --only crypto\n  npm run bench -- --write",
  )
  .action(async ({ only, seconds, write }: { only?: string; seconds: string; write?: boolean }) => {
    const chosen = PARTS.filter((part) => only === undefined || part === only);
    if (chosen.length === 0) throw new Error(`--only is one of ${PARTS.join(", ")}`);
    const sections: string[] = [];
    for (const part of chosen) {
      say(`Measuring ${part} …`);
      const section = await measure(part, Number(seconds));
      sections.push(section);
      say(`\n${section}\n`);
    }
    if (write) writeFileSync(FILE, written(readFileSync(FILE, "utf8"), sections));
  })
  .parseAsync();
