import { writeFileSync } from "node:fs";
import { join } from "node:path";
import t from "tap";
import { settingsExample } from "../../../../agent/settings/example.ts";
import { runCommandLine } from "../../../support/command-io.ts";

t.test("a settings file in order is exit 0", async (t) => {
  const file = join(t.testdir(), "agent.yaml");
  writeFileSync(file, (await runCommandLine("settings", "example")).out);
  const { code, out } = await runCommandLine("settings", "check", file);
  t.equal(code, 0);
  t.match(out, "is in order");
});

t.test("faults are exit 78, a line each, and the same as JSON", async (t) => {
  const file = join(t.testdir(), "agent.yaml");
  writeFileSync(file, `${settingsExample()}\nlgo: 1\nsensor: 2\n`);
  const { code, err } = await runCommandLine("settings", "check", file);
  t.equal(code, 78);
  t.match(err, /agent\.yaml:\d+:1: lgo: is no setting; did you mean log\?/);
  t.match(err, "did you mean sensors?");
  const json = await runCommandLine("settings", "check", file, "--json");
  t.equal(json.code, 78);
  t.match(JSON.parse(json.out), {
    error: { code: "settings-invalid", faults: [{ path: "lgo", column: 1 }, { path: "sensor" }] },
  });
});

t.test("a driver that there is not is a fault", async (t) => {
  const file = join(t.testdir(), "agent.yaml");
  const text = settingsExample().replace(
    "devices:\n",
    "devices: [{ name: a, driver: axoes, address: h }]\n",
  );
  writeFileSync(file, text);
  t.match(
    (await runCommandLine("settings", "check", file)).err,
    "is no driver; did you mean axeos?",
  );
});

t.test("the schema is JSON", async (t) => {
  const { out } = await runCommandLine("settings", "schema");
  t.match(JSON.parse(out), { type: "object", additionalProperties: false });
});
