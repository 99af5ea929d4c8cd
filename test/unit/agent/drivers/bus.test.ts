import t from "tap";
import { busKey } from "../../../../agent/drivers/bus.ts";

const key = (element: unknown, base: 10 | 16 = 10): string | undefined =>
  busKey({ at: "/bus", base, domain: "/domain" }, { element, reply: element, path: "" });

t.test("a bus number is decimal for a miner and hexadecimal for a driver", async (t) => {
  t.equal(key({ bus: 10 }), "pci:0000:0a:00.0");
  t.equal(key({ bus: "10:0" }), "pci:0000:0a:00.0");
  t.equal(key({ bus: "10" }), "pci:0000:0a:00.0");
  t.equal(key({ bus: "1f" }, 16), "pci:0000:1f:00.0");
  t.equal(key({ bus: "10:00.0" }, 16), "pci:0000:10:00.0");
  t.equal(key({ bus: "00000001:0A:00.1" }, 16), "pci:0001:0a:00.1");
  t.equal(key({ bus: 194, domain: 2 }), "pci:0002:c2:00.0");
});

t.test("what is no bus address gives none", async (t) => {
  for (const bus of [undefined, null, -1, 256, 1.5, "", "busid", "1:99", "300:0", {}, [1], "0x10"])
    t.equal(key({ bus }), undefined, JSON.stringify(bus));
  t.equal(key({ bus: "0a:0" }), undefined, "letters in a decimal one");
  t.equal(key("no object"), undefined);
});
