import t from "tap";
import { CountingMeter } from "../../../../agent/platform/meter.ts";

t.test("counters add up by name and labels, in whatever order the labels come", async (t) => {
  const meter = new CountingMeter();
  meter.count("b_total", { x: "1", y: "2" });
  meter.count("b_total", { y: "2", x: "1" }, 4);
  meter.count("b_total", { x: "2" });
  meter.count("a_total");
  t.strictSame(meter.snapshot(), [
    { name: "a_total", labels: {}, value: 1 },
    { name: "b_total", labels: { x: "1", y: "2" }, value: 5 },
    { name: "b_total", labels: { x: "2" }, value: 1 },
  ]);
});

t.test("what was never counted is not there, rather than 0", async (t) => {
  t.strictSame(new CountingMeter().snapshot(), []);
});
