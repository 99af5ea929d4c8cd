import { spawn } from "node:child_process";
import { once } from "node:events";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import t from "tap";
import { type Site, startSite } from "../../../../../scripts/simulate/site.ts";
import { run, until } from "../asking.ts";

const FORMAT = "--format=csv,noheader,nounits";
let nth = 0;

async function start(t: { after(callback: () => Promise<void>): void }): Promise<{
  site: Site;
  program: string;
}> {
  nth += 1;
  const site = await startSite({
    site: {
      devices: [
        { driver: "trex", warmUp: "0s", gpus: [{ pciBus: 0xa1 }, { pciBus: 10, model: "it's" }] },
        { driver: "nvidia" },
      ],
    },
    ports: "any",
    baseAddress: `127.0.60.${nth * 10}`,
    refreshMs: 20,
  });
  t.after(() => site.stop());
  return { site, program: site.device("nvidia-1").program ?? "" };
}

t.test("it prints the fields that are asked for, in that order, GPUs by bus", async (t) => {
  const { program } = await start(t);
  const query = "--query-gpu=index,pci.bus_id,name,temperature.memory,utilization.gpu";
  const { code, out } = await run(program, [query, FORMAT]);
  t.equal(code, 0);
  t.equal(
    out,
    "0, 00000000:0A:00.0, NVIDIA GeForce it's, [N/A], 100\n" +
      "1, 00000000:A1:00.0, NVIDIA GeForce RTX 3070, [N/A], 100\n",
  );
});

t.test("with -lms it goes on, and its values live", async (t) => {
  const { program } = await start(t);
  const child = spawn(program, ["--query-gpu=index,power.draw", FORMAT, "-lms", "50"]);
  t.after(() => child.kill());
  let out = "";
  child.stdout.on("data", (chunk: Buffer) => {
    out += chunk.toString();
  });
  const draws = (): Set<string> =>
    new Set(out.split("\n").filter((line) => line.startsWith("0, ")));
  await until(() => draws().size > 1, "a power that changes");
  t.match(out, /^0, \d+\.\d\d\n1, \d+\.\d\d\n0, /);
  child.kill();
  await once(child, "close");
});

t.test("what it does not know it refuses, as nvidia-smi does", async (t) => {
  const { program } = await start(t);
  t.strictSame(await run(program, ["--query-gpu=index,nonsense", FORMAT]), {
    code: 2,
    out: 'Field "nonsense" is not a valid field to query.\n',
  });
  t.equal((await run(program, ["--query-gpu=$(reboot)", FORMAT])).code, 2);
  t.equal((await run(program, ["-q"])).code, 1);
  t.equal((await run(program, ["--query-gpu=index", "--format=csv"])).code, 1);
});

t.test("it acts out faults", async (t) => {
  const { site, program } = await start(t);
  const args = ["--query-gpu=index,name", FORMAT];
  await site.setFault("nvidia-1", "refuse");
  t.match(await run(program, args), { code: 9, out: /^NVIDIA-SMI has failed/ });
  await site.setFault("nvidia-1", "silent");
  t.strictSame(await run(program, args), { code: 0, out: "" });
  await site.setFault("nvidia-1", "garbage");
  t.notMatch((await run(program, args)).out, /GeForce/);
  await site.setFault("nvidia-1", "half");
  const half = await run(program, args);
  t.equal(half.code, 1);
  t.match(half.out, /^0, NVIDIA GeForce it's/);
  t.notMatch(half.out, /RTX 3070\n/);
});

t.test("it ends when whoever feeds it is gone, rather than print old values", async (t) => {
  const { site, program } = await start(t);
  const values = readFileSync(join(program, "../values"), "utf8");
  const child = spawn(program, ["--query-gpu=index", FORMAT, "-lms", "30"]);
  t.after(() => child.kill());
  await once(child.stdout, "data");
  await site.stop();
  const [code] = await once(child, "close");
  t.equal(code, 9);
  const orphan = t.testdir({
    "nvidia-smi": readFileSync("scripts/simulate/sensors/nvidia-smi.sh"),
  });
  writeFileSync(join(orphan, "values"), values.replace(/simulator=\d+/, "simulator=999999999"));
  const { code: lost, out } = await run("/bin/sh", [
    join(orphan, "nvidia-smi"),
    "--query-gpu=index",
    FORMAT,
  ]);
  t.equal(lost, 9);
  t.match(out, /^NVIDIA-SMI has failed/);
});
