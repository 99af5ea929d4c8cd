import t, { type Test } from "tap";
import { RigError } from "../../../../agent/core/errors.ts";
import type { Report } from "../../../../agent/core/reading.ts";
import { parseAddress } from "../../../../agent/drivers/address.ts";
import { isRemote, Links } from "../../../../agent/drivers/dial.ts";
import type { Ask, Driver } from "../../../../agent/drivers/driver.ts";
import { Admissions } from "../../../../agent/drivers/links/admission.ts";
import { PinsInMemory } from "../../../../agent/drivers/links/pins.ts";
import { metricsOf } from "../../../../agent/drivers/metrics-of.ts";
import { openSource } from "../../../../agent/drivers/open.ts";
import { knownBy } from "../../../../agent/drivers/probe.ts";
import { decodeReplies } from "../../../../agent/drivers/read-replies.ts";
import { DRIVERS } from "../../../../agent/drivers/registry.ts";
import { SystemClock } from "../../../../agent/platform/clock.ts";
import type { Speaker } from "../../../../scripts/simulate/protocols/speaker.ts";
import type { LogEntry, Reported } from "../../../../scripts/simulate/reply-log.ts";
import { agentDevices, type Site, startSite } from "../../../../scripts/simulate/site.ts";
import { SPEAKERS } from "../../../../scripts/simulate/speakers.ts";
import { handClock } from "./asking.ts";

const systemClock = new SystemClock("00000000-0000-4000-8000-000000000002");
/** Read what no other driver knows: there is no device that is theirs. */
const isGeneric = ({ generic }: Driver): boolean => generic === true;
const driverOf = ({ name }: Speaker): Driver | undefined =>
  DRIVERS.find((driver) => driver.name === name);

/** What the log says of a machine, over all that was asked. */
const said = (site: Site, device: string, key: string): Reported =>
  Object.assign(
    {},
    ...site.log.entries.filter((entry: LogEntry) => entry.device === device && entry.key === key),
  );

/** What stands for the whole of a report, in the one algorithm that is mined. */
function read({ readings }: Report) {
  const value = (metric: string): number | undefined => {
    const found = readings.find((reading) => reading.metric === metric && reading.part === "");
    return found === undefined ? undefined : Number(found.value);
  };
  return {
    hashrate: value("hashrate"),
    sharesAccepted: value("shares_accepted"),
    sharesRejected: value("shares_rejected"),
    difficultyAccepted: value("difficulty_accepted"),
    uptimeSeconds: value("uptime"),
    powerWatts: value("power"),
  };
}

function compare(t: Test, report: Report, told: Reported): void {
  for (const [name, value] of Object.entries(read(report))) {
    const wanted = told[name as keyof Reported];
    if (value === undefined && wanted === undefined) continue;
    const near = Math.abs((value ?? Number.NaN) - (wanted ?? Number.NaN));
    const what = `${report.key} ${name}: ${value} was read, ${wanted} was said`;
    t.ok(near <= 1e-9 * Math.abs(wanted ?? 0), what);
  }
}

/** Each machine is found, and says what was said of it. */
async function checkReading(t: Test, site: Site, speaker: Speaker, driver: Driver): Promise<void> {
  const name = `${speaker.name}-1`;
  const device = agentDevices(site).find((one) => one.name === name);
  const source = openSource(
    { ...device, name, driver: driver.name, timeoutMs: 2000, tryDefaultLogin: true },
    { clock: systemClock },
  );
  const { reports } = await source.ask(AbortSignal.timeout(5000)).finally(() => source.stop());
  t.strictSame(
    reports.flatMap(({ problems }) => problems),
    [],
    "nothing is missing",
  );
  for (const report of reports) compare(t, report, said(site, name, report.key));
  if (driver.role === "sensor" || !metricsOf(driver).includes("hashrate")) return;
  for (const { key, hashrate, algorithm } of site.device(name).machines) {
    const report = reports.find((one) => one.key === key);
    const rate = report?.readings.find(({ metric, part }) => metric === "hashrate" && part === "");
    if (report === undefined || rate === undefined) {
      // A miner that does not say where its GPUs are is one device, and they its parts.
      t.equal(reports.length, 1, `${key} is a part`);
      continue;
    }
    t.ok(Math.abs(Number(rate.value) / hashrate - 1) < 0.05, `${rate.value} of ${hashrate} H/s`);
    if (rate.algorithm !== undefined) t.equal(rate.algorithm, algorithm);
  }
}

/** Whether an answer comes at all: the cgminer API waits for the end of a JSON object, and so for ever for a word. */
const hears = ({ doors }: Speaker, { link, port, target }: Ask): boolean =>
  doors.some(
    (door) =>
      (door.link === link || (door.link === "line" && link === "tcp")) &&
      (port === undefined || port === door.port) &&
      (door.link !== "tcp" || target.startsWith("{")),
  );

/** What a speaker answers to what a driver knows its device by; nothing where it does not listen there. */
async function repliesOf(
  site: Site,
  speaker: Speaker,
  driver: Driver,
): Promise<Record<string, Uint8Array>> {
  const { address = "", username, password } = site.device(`${speaker.name}-1`);
  const where = parseAddress(address);
  const pins = { pins: new PinsInMemory(), fingerprint: undefined };
  const links = new Links(driver, where, where.port, {
    clock: systemClock,
    timeoutMs: 4000,
    login: username === undefined || password === undefined ? {} : { username, password },
    access: { trust: pins, admissions: new Admissions(systemClock) },
    program: "",
    periodMs: 0,
    root: undefined,
  });
  const replies: Record<string, Uint8Array> = {};
  const put = async (name: string): Promise<void> => {
    const ask = driver.asks[name];
    if (ask === undefined || !hears(speaker, ask)) return;
    try {
      replies[name] = await links.ask(ask, AbortSignal.timeout(5000));
    } catch (thrown) {
      if (!(thrown instanceof RigError)) throw thrown;
    }
  };
  await Promise.all(knownBy(driver).map(put));
  await links.stop();
  return replies;
}

t.test("each speaker", async (t) => {
  // On a clock that stands still: what is asked first and last was true at one instant.
  const site = await startSite({
    site: { devices: SPEAKERS.map(({ name }) => ({ driver: name, age: "2h" })) },
    ports: "any",
    baseAddress: "127.0.45.0",
    clock: handClock().now,
    refreshMs: 0,
  });
  t.after(() => site.stop());
  for (const speaker of SPEAKERS) {
    const driver = driverOf(speaker);
    await t.test(`${speaker.name} is read as what it says`, async (t) => {
      if (driver === undefined) t.fail("there is no driver of that name");
      else await checkReading(t, site, speaker, driver);
    });
  }

  await t.test("none is taken for another device", async (t) => {
    const others = DRIVERS.filter((each) => isRemote(each) && !isGeneric(each));
    const knowing = async (speaker: Speaker): Promise<string[]> => {
      const known = others.map(async (other) => {
        const replies = await repliesOf(site, speaker, other);
        const knows = other.identify(decodeReplies(other, replies));
        return Object.keys(replies).length > 0 && knows ? [other.name] : [];
      });
      return (await Promise.all(known)).flat();
    };
    for (const speaker of SPEAKERS) t.strictSame(await knowing(speaker), [speaker.name]);
  });
});

t.test("every driver of a device on the network has a speaker", async (t) => {
  const spoken = SPEAKERS.map(({ name }) => name);
  t.strictSame(
    DRIVERS.filter((driver) => isRemote(driver) && !isGeneric(driver))
      .map(({ name }) => name)
      .filter((name) => !spoken.includes(name)),
    [],
  );
});
