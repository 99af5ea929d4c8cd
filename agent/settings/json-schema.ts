import * as z from "zod";
import type { SettingPath } from "./faults.ts";
import { SETTINGS_SCHEMA } from "./schema.ts";

/** The part of JSON Schema that describes settings. */
export interface SettingSchema {
  readonly type?: "object" | "array" | "string" | "integer" | "number" | "boolean";
  readonly description?: string;
  readonly default?: unknown;
  readonly enum?: readonly string[];
  readonly pattern?: string;
  readonly properties?: Readonly<Record<string, SettingSchema>>;
  readonly items?: SettingSchema;
  readonly required?: readonly string[];
  /** Of a list. */
  readonly maxItems?: number;
  /** Ours: who may change it and when that counts. */
  readonly "x-change"?: string;
  /** Ours: never printed. */
  readonly "x-secret"?: boolean;
  readonly examples?: readonly unknown[];
}

let cached: SettingSchema | undefined;

/** The settings file as JSON Schema 2020-12, for editors and for the generated example. */
export function settingsSchema(): SettingSchema {
  cached ??= z.toJSONSchema(SETTINGS_SCHEMA, {
    io: "input",
    override: ({ jsonSchema }) => {
      const { change, secret, example } = jsonSchema;
      delete jsonSchema["change"];
      delete jsonSchema["secret"];
      delete jsonSchema["example"];
      if (change !== undefined) jsonSchema["x-change"] = change;
      if (secret !== undefined) jsonSchema["x-secret"] = secret;
      if (example !== undefined) jsonSchema.examples = [example];
    },
  }) as SettingSchema;
  return cached;
}

/** The schema of one setting; undefined where the path leads to nothing that there is. */
export function schemaAt(path: SettingPath): SettingSchema | undefined {
  return path.reduce<SettingSchema | undefined>((schema, step) => {
    if (typeof step === "number") return schema?.items;
    const { properties } = schema ?? {};
    return properties && Object.hasOwn(properties, step) ? properties[step] : undefined;
  }, settingsSchema());
}

/** config/agent.schema.json. */
export function settingsSchemaJson(): string {
  return `${JSON.stringify({ title: "Settings of rig-agent", ...settingsSchema() }, null, 2)}\n`;
}
