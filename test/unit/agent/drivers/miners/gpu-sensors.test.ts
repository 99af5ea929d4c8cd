import t from "tap";
import { gpuSensors } from "../../../../../agent/drivers/miners/gpu-sensors.ts";
import { DRIVERS } from "../../../../../agent/drivers/registry.ts";

const powerIn = (found: unknown): unknown[] => {
  if (Array.isArray(found)) return found.flatMap(powerIn);
  if (typeof found !== "object" || found === null) return [];
  const own = (found as { metric?: unknown }).metric === "power" ? [found] : [];
  return [...own, ...Object.values(found).flatMap(powerIn)];
};

t.test("power is not said to be a card's unless the program says so", async (t) => {
  const [row] = gpuSensors({ power: "/watt" });
  t.match(row, { metric: "power", measured: "unknown" });
  const [whole] = gpuSensors({ power: "/watt" }, "output");
  t.match(whole, { metric: "power", measured: "output" });
  t.strictSame(gpuSensors({}), []);
});

t.test("no miner that AMD's cards mine with signs where their power is measured", async (t) => {
  const miners = DRIVERS.filter(({ about, kind }) => kind === "gpu" && /AMD/.test(about));
  t.ok(miners.length > 8);
  for (const { name, table } of miners)
    for (const row of powerIn(table)) t.match(row, { measured: "unknown" }, name);
});
