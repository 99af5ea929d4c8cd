import t from "tap";
import { statusPage } from "../../../../agent/status/page.ts";
import { MINER, snapshotOf } from "../../../support/status-snapshot.ts";

const ABOUT = { version: "1.2.3", simulated: false };

/** The page without its markup, as a person reads it. */
const words = (page: string): string =>
  page
    .replace(/<style>.*<\/style>/s, "")
    .replaceAll(/<\/?span[^>]*>/g, "")
    .replaceAll(/<[^>]*>/g, " ")
    .replaceAll(/\s+/g, " ");

t.test("the page says in words how it goes", async (t) => {
  const text = words(statusPage(snapshotOf(), ABOUT));
  for (const part of [
    "Measuring and delivering.",
    "Waiting for receipt 1, the oldest for 0.4 s",
    "Last receipt sequence 9007199254740993, 30 s ago",
    "Era 1800000000",
    "connected, since 1 min",
    "antminer-1 104.2 TH/s sha256d · 3.25 kW · 65 °C answers, last sample 2.5 s ago",
    "asic · Bitmain Antminer S19 · firmware 2023-05 · pool pool.example:3333",
    "hashrate 104.2 TH/s sha256d",
    "power 3.25 kW",
    "chip temperature 65 °C",
    "fan speed fan/2: absent (stats)",
    "Up since 1 d 2 h ago",
    "trusted, off by 12 ms",
    "Version 1.2.3",
  ]) {
    t.match(text, part);
  }
});

t.test("what is not known is said to be not known, and is no zero", async (t) => {
  const { identity: _, sampleAgeMs: __, ...device } = MINER;
  const { rig: ___, coordinator: ____, ...rest } = snapshotOf();
  const text = words(
    statusPage(
      {
        ...rest,
        devices: [{ ...device, identity: {}, readings: [], problems: [], state: "waiting" }],
        delivery: { connected: false, outbox: 0, unsigned: 2 },
        clock: { trusted: false },
      },
      ABOUT,
    ),
  );
  for (const part of [
    "Rig without a key",
    "its key is not open yet",
    "not asked yet, no sample yet",
    "Last receipt none yet",
    "Last signed none yet",
    "Era none granted yet",
    "Window not known yet",
    "not trusted, offset not known yet",
    "Working, but something wants a look.",
  ]) {
    t.match(text, part);
  }
  t.notMatch(text, "undefined");
  t.notMatch(text, "NaN");
});

t.test("a fault comes with who can do something about it", async (t) => {
  const faults = [{ code: "store-full", message: "The disk is full.", stopsWork: true }] as const;
  const text = words(statusPage(snapshotOf({ faults }), ABOUT));
  t.match(text, "Not working. The disk is full. store-full: The disk or the disk budget is full");
});

t.test("what a device says of itself stands beside whether it answers", async (t) => {
  const device = {
    ...MINER,
    condition: { state: "building-dag" as const, said: "DAG <1>", errors: ["110", "fan 2"] },
  };
  const page = statusPage(snapshotOf({ devices: [device] }), ABOUT);
  t.match(words(page), "building dag · says “DAG &lt;1&gt;” · errors: 110, fan 2");
});
