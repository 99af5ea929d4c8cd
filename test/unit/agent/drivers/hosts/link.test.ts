import t from "tap";
import { hostLink } from "../../../../../agent/drivers/hosts/link.ts";
import { codeOf, systemClock } from "../../../../support/driver-peers.ts";

const never = new AbortController().signal;
const reach = { clock: systemClock, timeoutMs: 20_000, called: "this host" };

t.test("files of the host come from the root that is given", async (t) => {
  const root = t.testdir({
    etc: { "machine-id": "0123456789abcdef0123456789abcdef\n" },
    proc: { loadavg: "0.52 0.58 0.59 1/467 12345\n", uptime: "350735.47 234388.90\n" },
    sys: {
      class: {
        hwmon: {
          hwmon0: { name: "nvme\n", temp1_input: "33000\n" },
          hwmon1: { name: "k10temp\n", temp1_input: "61250\n" },
        },
      },
    },
  });
  const link = hostLink(reach, root);
  const load = JSON.parse(Buffer.from(await link.ask({ target: "load" }, never)).toString());
  t.match(load, { loadavg: "0.52", uptime: "350735.47", processors: [{ temperature: "61250" }] });
  t.match(JSON.parse(Buffer.from(await link.ask({ target: "facts" }, never)).toString()), {
    machineId: "0123456789abcdef0123456789abcdef",
  });
});

t.test(
  "a processor's temperature is that of the whole, and real where it is told apart",
  async (t) => {
    const root = t.testdir({
      sys: {
        class: {
          hwmon: {
            hwmon10: {
              name: "k10temp\n",
              temp1_input: "81000\n",
              temp1_label: "Tctl\n",
              temp2_input: "54000\n",
              temp2_label: "Tdie\n",
              temp3_input: "57000\n",
              temp3_label: "Tccd1\n",
            },
            hwmon2: {
              name: "coretemp\n",
              temp2_input: "40000\n",
              temp2_label: "Core 0\n",
              temp9_input: "47000\n",
              temp9_label: "Package id 0\n",
            },
            hwmon3: { name: "cpu_thermal\n", temp1_input: "39200\n" },
            hwmon4: { name: "zenpower\n", temp1_label: "Tctl\n" },
            hwmon5: { name: "amdgpu\n", temp1_input: "66000\n" },
            hwmon6: { temp1_input: "12000\n" },
          },
        },
      },
    });
    const link = hostLink(reach, root);
    const load = JSON.parse(Buffer.from(await link.ask({ target: "load" }, never)).toString());
    t.strictSame(load.processors, [
      { temperature: "47000" },
      { temperature: "39200" },
      {},
      { temperature: "54000" },
    ]);
  },
);

t.test("what a host does not have is left out", async (t) => {
  const link = hostLink(reach, "/nonexistent");
  const load = JSON.parse(Buffer.from(await link.ask({ target: "load" }, never)).toString());
  t.strictSame(Object.keys(load), ["memory", "processors"]);
  t.strictSame(load.processors, []);
});

t.test("facts are gathered once", async (t) => {
  const link = hostLink(reach, "/");
  const first = await link.ask({ target: "facts" }, never);
  t.equal(await link.ask({ target: "facts" }, never), first);
});

t.test("a question that it does not know is a fault of ours", async (t) => {
  t.equal(await codeOf(hostLink(reach, "/").ask({ target: "graphics" }, never)), "bug");
});
