import { json } from "../decode/json.ts";
import { defineDriver } from "../driver.ts";
import { pointer } from "../pointer.ts";

/** The machine that the agent runs on. Its replies are made by `hosts/link.ts`. */
export const host = defineDriver({
  name: "host",
  about: "The machine that the agent runs on",
  docs: "https://systeminformation.io",
  kind: "host",
  role: "sensor",
  ports: [],
  proof: ["Linux"],
  asks: {
    facts: { link: "host", target: "facts", decode: json },
    load: { link: "host", target: "load", decode: json },
  },
  knownBy: ["facts", "load"],
  identify: ({ facts, load }) =>
    pointer(facts, "/machineId") !== undefined || pointer(load, "/loadavg") !== undefined,
  identity: {
    facts: {
      make: ["/system/manufacturer", "/cpu/manufacturer"],
      model: ["/system/model", "/cpu/brand"],
      firmware: "/os/kernel",
      serial: "/system/serial",
      // Two hosts of one cloned disk have one machine id; the serial number before it tells them apart where it is readable.
      uuid: "/machineId",
      hostname: "/os/hostname",
    },
  },
  table: {
    load: [
      { metric: "load", at: "/loadavg", unit: "1", text: true },
      { metric: "memory_used", at: "/memory/active", unit: "B" },
      { metric: "memory_total", at: "/memory/total", unit: "B" },
      {
        each: "/processors",
        part: "processor",
        rows: [
          { metric: "chip_temperature", at: "/temperature", unit: "m°C", text: true, blank: 0 },
        ],
      },
      { metric: "uptime", at: "/uptime", unit: "s", text: true },
    ],
  },
});
