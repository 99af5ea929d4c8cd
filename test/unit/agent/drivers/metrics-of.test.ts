import t from "tap";
import { json } from "../../../../agent/drivers/decode/json.ts";
import { defineDriver } from "../../../../agent/drivers/driver.ts";
import { metricsOf } from "../../../../agent/drivers/metrics-of.ts";

t.test(
  "metrics of rows, lists, devices and what stands unplaced are each listed once",
  async (t) => {
    const driver = defineDriver({
      name: "made-up",
      about: "A driver for this test",
      docs: "https://docs.example",
      kind: "gpu",
      role: "miner",
      ports: [],
      proof: [],
      asks: { all: { link: "http", target: "/", decode: json } },
      identify: () => true,
      identity: {},
      table: {
        all: [
          { metric: "uptime", at: "/up", unit: "s" },
          { state: "/state", words: {} },
          { errors: "/errors" },
          {
            devices: "/gpus",
            pci: { at: "/bus", base: 10 },
            identity: {},
            rows: [
              { metric: "uptime", at: "/up", unit: "s" },
              { each: "/fans", part: "fan", rows: [{ metric: "fan_speed", at: "", unit: "rpm" }] },
            ],
            unplaced: [{ metric: "hashrate", at: "/rate", unit: "H/s" }],
          },
        ],
      },
    });
    t.strictSame(metricsOf(driver), ["uptime", "fan_speed", "hashrate"]);
  },
);
