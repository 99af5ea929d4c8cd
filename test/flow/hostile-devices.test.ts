import { readFileSync } from "node:fs";
import t, { type Test } from "tap";
import { RigError } from "../../agent/core/errors.ts";
import { FAULTS, FAULTS_OF, type Fault } from "../../scripts/simulate/faults.ts";
import { settingsFragment } from "../../scripts/simulate/settings-fragment.ts";
import { agentDevices, startSite } from "../../scripts/simulate/site.ts";
import type { DeviceSpec } from "../../scripts/simulate/specs.ts";
import { type PlainAttestation, saysKnown } from "../support/bundle-shape.ts";
import { prepareInstallation } from "../support/installation.ts";
import { type KnownMachine, knownMachines } from "../support/served-replies.ts";
import {
  nowSeconds,
  openTappedWorld,
  type TappedWorld,
  untilAllWell,
  untilSeen,
} from "../support/tapped-world.ts";
import { until } from "../support/until.ts";

const PATIENCE_MS = 150_000;
t.setTimeout(2 * PATIENCE_MS);

const WELL = { age: "10m", warmUp: "0s" } as const;
/** One device for each fault of each kind, and beside them some that are well. */
const DEVICES: DeviceSpec[] = [
  ...FAULTS_OF.http.map((fault) => ({ driver: "axeos" as const, name: `http-${fault}`, ...WELL })),
  ...FAULTS_OF.tcp.map((fault) => ({
    driver: "antminer" as const,
    name: `tcp-${fault}`,
    ...WELL,
  })),
  { driver: "axeos", name: "http-well", ...WELL },
  { driver: "antminer", name: "tcp-well", ...WELL },
  { driver: "trex", name: "trex-1", gpus: 2, ...WELL },
  { driver: "nvidia", name: "nvidia-1" },
  { driver: "lolminer", name: "lolminer-1", gpus: 1, ...WELL },
  { driver: "amdgpu", name: "amdgpu-1" },
];
/** What the agent must call each fault. */
const CODES: Readonly<Record<Fault, string>> = {
  garbage: "driver-garbled",
  half: "driver-garbled",
  huge: "driver-too-large",
  silent: "driver-timeout",
  refuse: "driver-unreachable",
  redirect: "driver-refused",
  slow: "driver-timeout",
};
const faultIn = (name: string): Fault | undefined =>
  FAULTS.find((fault) => name.endsWith(`-${fault}`));
const MOST_GROWTH_BYTES = 60e6;

/** How much more of something there was at most while something went on than before. */
async function growthDuring(look: () => number, work: () => Promise<void>): Promise<number> {
  const before = look();
  let most = before;
  const timer = setInterval(() => {
    most = Math.max(most, look());
  }, 20);
  try {
    await work();
  } finally {
    clearInterval(timer);
  }
  return most - before;
}

/** Memory of a process that is in the machine's, in bytes. */
function residentBytes(pid: number): number {
  const [, kilobytes] = /VmRSS:\s+(\d+) kB/.exec(readFileSync(`/proc/${pid}/status`, "utf8")) ?? [];
  return Number(kilobytes) * 1024;
}

const SENSOR_FAULTS = [
  { nvidia: "garbage", amdgpu: "garbage" },
  { nvidia: "half", amdgpu: "half" },
  { nvidia: "silent", amdgpu: "refuse" },
  { nvidia: "refuse", amdgpu: "refuse" },
] as const;

/** Makes every device misbehave that is to, for a while; answers the windows in which nothing else went on. */
async function misbehave({
  site,
}: Pick<TappedWorld, "site">): Promise<{ from: number; to: number }> {
  const faulty = site.devices.map(({ name }) => name).filter((name) => faultIn(name));
  for (const name of faulty) await site.setFault(name, faultIn(name));
  const from = Math.ceil(nowSeconds()) + 1;
  for (const { nvidia, amdgpu } of SENSOR_FAULTS) {
    await site.setFault("nvidia-1", nvidia);
    await site.setFault("amdgpu-1", amdgpu);
    const until_ = nowSeconds() + 4;
    await until("the next fault's turn", () => nowSeconds() > until_);
  }
  // A sample stands for the time before it too: the last windows may be those of a device that is well again.
  const to = Math.floor(nowSeconds()) - 2;
  for (const name of [...faulty, "nvidia-1", "amdgpu-1"]) await site.setFault(name, undefined);
  return { from, to };
}

function checkFaulty(t: Test, machine: KnownMachine, during: readonly PlainAttestation[]): void {
  for (const { statement } of during) {
    const row = statement.devices.find(({ id }) => id === machine.id);
    t.match(
      row,
      { algorithm: machine.algorithm, known: "0", hashes: "0", sharesAccepted: "0" },
      `${machine.source} is listed at ${statement.windowStart}, with nothing known`,
    );
  }
}

function checkWell(
  t: Test,
  { site }: TappedWorld,
  machine: KnownMachine,
  during: readonly PlainAttestation[],
): void {
  const { source, key, id } = machine;
  const rows = during.flatMap(({ statement }) => statement.devices.filter((row) => row.id === id));
  const sum = (field: "hashes" | "observedMilliseconds"): number =>
    rows.reduce((total, row) => total + Number(row[field]), 0);
  const at = (seconds: string | undefined): bigint =>
    site.device(source).truth(Number(seconds) * 1000, key)?.hashes ?? 0n;
  const [first, last] = [during[0]?.statement, during.at(-1)?.statement];
  const truth = Number(at(last?.windowEnd) - at(first?.windowStart));
  t.ok(
    rows.length === during.length && rows.every((row) => saysKnown(row, 0)),
    `${source} ${key}: its hashes are known in each window`,
  );
  const seen = sum("observedMilliseconds") / (1000 * during.length);
  t.ok(seen > 0.95, `${source} ${key}: it was seen for ${seen} of the time`);
  const off = Math.abs(sum("hashes") / truth - 1);
  t.ok(off < 0.05, `${source} ${key}: its hashes are off by ${off}`);
}

t.test("a device that misbehaves does not move the others", { timeout: PATIENCE_MS }, async (t) => {
  const world = await openTappedWorld(t, DEVICES, "127.0.61.0");
  const { agent, coordinator, site } = world;
  const machines = await knownMachines(site, coordinator.now.salt, "none");
  await agent.app.start();
  t.after(() => agent.app.stop());
  await untilAllWell(world, machines);

  await t.test("a faulty device is listed as unknown, the others go on", async (t) => {
    let range = { from: 0, to: 0 };
    const buffers = (): number => process.memoryUsage().arrayBuffers;
    const growth = await growthDuring(buffers, async () => {
      range = await misbehave(world);
      await untilAllWell(world, machines);
    });
    t.ok(growth < MOST_GROWTH_BYTES, `buffers grew by ${Math.round(growth / 1e6)} MB`);
    const during = (await world.attested(range.from)).filter(
      ({ statement }) => Number(statement.windowStart) < range.to,
    );
    t.strictSame(
      during.map(({ statement }) => Number(statement.windowStart)),
      Array.from({ length: range.to - range.from }, (_, i) => range.from + i),
    );
    for (const machine of machines) {
      if (faultIn(machine.source)) checkFaulty(t, machine, during);
      else checkWell(t, world, machine, during);
    }
  });

  await t.test("each fault has the name that the table of errors has for it", (t) => {
    const named = agent.log.lines.flatMap(({ message, facts, error }) =>
      message === "a source does not answer" && error instanceof RigError
        ? [[String(facts["source"]), error.code] as const]
        : [],
    );
    for (const { name } of site.devices) {
      const fault = faultIn(name);
      const codes = named.filter(([source]) => source === name).map(([, code]) => code);
      // One ask, and only the first, may have been under way when the device began to refuse: its reply broke off.
      if (fault === "refuse" && codes[0] === "driver-garbled") codes.shift();
      if (fault) t.strictSame([...new Set(codes)], [CODES[fault]], name);
      else if (/well|trex|lolminer/.test(name)) t.strictSame(codes, [], name);
    }
    t.notOk(agent.meter.counts.get("rig_errors_total bug"), "nothing surprised the program");
    const moved = site.device("http-redirect").log.filter(({ fault }) => fault === "redirect");
    t.strictSame(moved, [], "nobody followed the redirect");
    t.end();
  });
});

t.test(
  "faults of every kind at once, 100 MB among them, leave the agent's memory as it was",
  { timeout: PATIENCE_MS },
  async (t) => {
    const folder = t.testdir();
    const site = await startSite({
      site: { seed: 8, devices: DEVICES },
      ports: "any",
      baseAddress: "127.0.62.0",
    });
    t.after(() => site.stop());
    const devices = settingsFragment(agentDevices(site));
    const installation = await prepareInstallation({ folder, devices });
    t.after(() => installation.end());
    // A process of its own, so that nothing but the agent is measured. It has no coordinator, and needs none to sample.
    const { program, status } = await installation.startAgent();
    const machines = site.devices.flatMap(({ driver, machines: own }) =>
      /nvidia|amdgpu/.test(driver) ? [] : own,
    );
    const states = async (): Promise<string[]> =>
      (await status()).devices.map(({ state }) => state).sort();
    const allWell = async (): Promise<boolean> => {
      const found = await states();
      return found.length === machines.length && found.every((state) => state === "ok");
    };
    await untilSeen("every device to answer", allWell, 20_000);
    const warmAt = nowSeconds() + 5;
    await until("it to be warm", () => nowSeconds() > warmAt);

    const growth = await growthDuring(
      () => residentBytes(program.pid),
      async () => {
        await misbehave({ site });
        t.notOk(await allWell(), "the devices did misbehave");
        await untilSeen("every device to answer again", allWell, 20_000);
      },
    );
    t.ok(growth < MOST_GROWTH_BYTES, `memory grew by ${Math.round(growth / 1e6)} MB`);
    t.equal(program.out.match(/driver-too-large/g)?.length, 2, "both huge replies were met");
    t.notMatch(program.out, /"code":"bug"/);
    const ending = await program.stop();
    t.equal(ending.code, 0, "it runs until it is asked to stop");
  },
);
