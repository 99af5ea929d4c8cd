import t from "tap";
import { showBytes, showDuration, showQuantity } from "../../../../agent/core/quantity.ts";

t.test("values carry a unit of a size that people read", async (t) => {
  t.equal(showQuantity("hashrate", 104_230_000_000_000), "104.2 TH/s");
  t.equal(showQuantity("hashrate", 999), "999 H/s");
  t.equal(showQuantity("hashrate", 0), "0 H/s");
  t.equal(showQuantity("power", 3250), "3.25 kW");
  t.equal(showQuantity("energy", 7_200_000), "7.2 MJ");
  t.equal(showQuantity("chip_temperature", 65.54), "65.54 °C");
  t.equal(showQuantity("chip_temperature", -7), "-7 °C");
  t.equal(showQuantity("fan_duty", 0.454), "45.4 %");
  t.equal(showQuantity("fan_speed", 6120), "6120 rpm");
  t.equal(showQuantity("memory_used", 1.5 * 1024 ** 3), "1.5 GiB");
  t.equal(showQuantity("shares_accepted", 123_456), "123456");
  t.equal(showQuantity("uptime", 93_784), "1 d 2 h");
  t.equal(showQuantity("difficulty_accepted", 1.5e24), "1.500e+24");
  t.equal(showBytes(512), "512 B");
});

t.test("lengths of time are shown in their two largest units", async (t) => {
  t.strictSame([0, 12, 450, 9900, 12_000, 65_000, 3_600_000, 90_061_000, -2000].map(showDuration), [
    "0 s",
    "12 ms",
    "0.5 s",
    "9.9 s",
    "12 s",
    "1 min 5 s",
    "1 h",
    "1 d 1 h",
    "−2 s",
  ]);
});
