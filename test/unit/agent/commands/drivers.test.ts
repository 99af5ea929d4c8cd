import t from "tap";
import { DRIVERS } from "../../../../agent/drivers/registry.ts";
import { runCommandLine } from "../../../support/command-io.ts";

t.test("every driver is listed, and the sum at the end is theirs", async (t) => {
  const { code, out } = await runCommandLine("drivers");
  t.equal(code, 0);
  for (const { name, kind, about } of DRIVERS) t.match(out, `${name} (${kind}): ${about}`);
  t.match(
    out,
    new RegExp(`^${DRIVERS.length} drivers: \\d+ proven, \\d+ unproven, \\d+ generic\\.$`, "m"),
  );
});

t.test("a driver says where it asks, what it reads and what it was tried on", async (t) => {
  const { out } = await runCommandLine("drivers", "trex");
  t.match(out, /^trex \(gpu\): /);
  t.match(out, /asked by +http at port 4067/);
  t.match(out, /reads +.*\bhashrate\b/);
  t.match(out, /see +https:\/\//);
  t.match(out, "1 drivers:");
});

t.test("what reads this host names no port", async (t) => {
  const { out } = await runCommandLine("drivers", "nvidia", "amdgpu");
  t.match(out, /asked by +exec on this host/);
  t.match(out, /asked by +sysfs on this host/);
});

t.test("JSON has each driver whole, and no login in it", async (t) => {
  const { code, out } = await runCommandLine("drivers", "--json");
  const sheets: readonly Readonly<Record<string, unknown>>[] = JSON.parse(out);
  t.equal(code, 0);
  t.equal(sheets.length, DRIVERS.length);
  for (const sheet of sheets) {
    t.match(sheet, {
      name: String,
      about: String,
      docs: /^https:/,
      kind: /^(gpu|asic|host)$/,
      links: Array,
      reads: Array,
      proof: /^(proven|unproven|generic)$/,
      login: /^(none|some|all)$/,
    });
    const driver = DRIVERS.find(({ name }) => name === sheet["name"]);
    const isProven = driver?.generic !== true && (driver?.proof.length ?? 0) > 0;
    t.equal(sheet["proof"] === "proven", isProven, String(sheet["name"]));
    for (const link of sheet["links"] as readonly unknown[])
      t.match(link, { link: String, ports: Array }, String(sheet["name"]));
    t.equal(sheet["loginScheme"], driver?.login?.kind, String(sheet["name"]));
  }
  for (const { defaultLogin } of DRIVERS)
    if (defaultLogin !== undefined) t.notMatch(out, `"${defaultLogin.password}"`);
});

t.test("a name that no driver has is refused", async (t) => {
  const { code, err } = await runCommandLine("drivers", "no-such-miner");
  t.equal(code, 1);
  t.match(err, "There is no driver no-such-miner (command-invalid)");
});
