import { readFileSync } from "node:fs";
import { join } from "node:path";
import t from "tap";
import { settingsExample } from "../../../../agent/settings/example.ts";
import {
  type SettingSchema,
  schemaAt,
  settingsSchema,
  settingsSchemaJson,
} from "../../../../agent/settings/json-schema.ts";
import { readSettings } from "../../../../agent/settings/load.ts";

const CONFIG = join(import.meta.dirname, "../../../../config");

/** Every setting that is no section, by its path. */
function leaves(schema: SettingSchema, path = ""): [string, SettingSchema][] {
  const children = schema.properties ?? schema.items?.properties;
  if (children === undefined) return [[path, schema]];
  return Object.entries(children).flatMap(([name, child]) => leaves(child, `${path}.${name}`));
}

t.test("the example in config/ is fresh", async (t) => {
  t.equal(readFileSync(join(CONFIG, "agent.example.yaml"), "utf8"), settingsExample());
});

t.test("the schema in config/ is fresh", async (t) => {
  t.equal(readFileSync(join(CONFIG, "agent.schema.json"), "utf8"), settingsSchemaJson());
});

t.test("the example is a settings file without faults", async (t) => {
  t.equal(readSettings(settingsExample(), "/a.yaml").devices.length, 0);
});

t.test("the example with its device uncommented is one too", async (t) => {
  const [before, rest] = settingsExample().split("devices:\n") as [string, string];
  const [block, after] = rest.split("\n\n") as [string, string];
  const device = block
    .split("\n")
    .map((line) => line.replace(/^ {2}# /, "  "))
    .filter((line) => !/^ +(password|password_file|fingerprint|program|root):/.test(line))
    .join("\n");
  const { devices } = readSettings(`${before}devices:\n${device}\n\n${after}`, "/a.yaml");
  t.equal(devices.length, 1);
  t.match(devices[0], { name: "antminer-1", intervalMs: 30_000, timeoutMs: 10_000 });
});

t.test("values stand in the example in place of defaults", async (t) => {
  const text = settingsExample({ simulated: true, "uplink.username": "rig: 1", state: "no" });
  const settings = readSettings(text, "/srv/a.yaml");
  t.equal(settings.simulated, true);
  t.equal(settings.uplink.username, "rig: 1");
  t.equal(settings.stateDir, "/srv/no");
});

t.test("every setting says what it is, who may change it, and what it could be", async (t) => {
  for (const [path, schema] of leaves(settingsSchema())) {
    t.ok(schema.description, `${path} has help`);
    t.match(schema["x-change"], /^(live|restart|local-only)$/, `${path} says who may change it`);
    t.ok(
      schema.default !== undefined || schema.examples?.length,
      `${path} has a default or an example`,
    );
  }
});

t.test("passwords and tokens are marked as secret, and only changed here", async (t) => {
  for (const path of [
    ["uplink", "password"],
    ["devices", 0, "password"],
    ["devices", 0, "token"],
  ]) {
    t.match(schemaAt(path), { "x-secret": true, "x-change": "local-only" }, path.join("."));
  }
  t.equal(schemaAt(["toString"]), undefined);
});
