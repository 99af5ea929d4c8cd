import { readFileSync, writeFileSync } from "node:fs";
import { cpus } from "node:os";
import { join } from "node:path";
import { Command } from "commander";
import { measureCrypto } from "./crypto.ts";
import { type Footprint, measureFootprint } from "./footprint.ts";
import type { Rate } from "./rates.ts";

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

await new Command("bench")
  .description(
    "measure digest and verify rates beside ethers' own, and what the agent takes of its host",
  )
  .option("--only <part>", "crypto or footprint")
  .option("--seconds <n>", "how long the agent is looked at", "180")
  .option("--write", "put the figures into BENCHMARKS.md")
  .addHelpText(
    "after",
    "\nExamples:\n  npm run bench\n  npm run bench -- --only crypto\n  npm run bench -- --write",
  )
  .action(async ({ only, seconds, write }: { only?: string; seconds: string; write?: boolean }) => {
    const parts: string[] = [];
    if (only !== "footprint") {
      say("Measuring digests and signatures …");
      parts.push(cryptoText(measureCrypto()));
    }
    if (only !== "crypto") {
      say(`Measuring the agent for ${seconds} s …`);
      parts.push(footprintText(await measureFootprint(Number(seconds))));
    }
    for (const part of parts) say(`\n${part}`);
    if (!write) return;
    const machine = `${cpus().length} × ${cpus()[0]?.model.trim() ?? "unknown"}, Node.js ${process.version}`;
    const head = readFileSync(FILE, "utf8")
      .split("\n## ")[0]
      ?.replace(/^Machine: .*$/m, `Machine: ${machine}`);
    writeFileSync(FILE, `${head?.trimEnd()}\n\n${parts.join("\n\n")}\n`);
  })
  .parseAsync();
