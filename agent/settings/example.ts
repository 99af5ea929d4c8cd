import { stringify } from "yaml";
import { type SettingSchema, settingsSchema } from "./json-schema.ts";

/** Values that stand in the text instead of defaults and examples, by path such as `coordinator.address`. */
export type ExampleValues = Readonly<Record<string, string | number | boolean>>;

const HEAD = [
  "Settings of rig-agent. `rig-agent settings check FILE` says what is wrong with one.",
  "Durations are written with ms, s, m, h or d; sizes with B, KiB, MiB or GiB. Relative paths start at this file's folder.",
  "Settings without a default stand behind a #: take it away to use one.",
  "In brackets: `live` may be changed from afar and counts at once, `restart` counts with the next start, `local-only`",
  "is changed only here.",
];
const WIDTH = 118;

/** A settings file with every setting, its help and its default: config/agent.example.yaml. */
export function settingsExample(values: ExampleValues = {}): string {
  const sections = Object.entries(settingsSchema().properties ?? {}).map(([name, schema]) =>
    [...comment(schema, ""), ...entry(name, schema, "", name, values)].join("\n"),
  );
  return `${HEAD.map((text) => `# ${text}`).join("\n")}\n\n${sections.join("\n\n")}\n`;
}

function entry(
  name: string,
  schema: SettingSchema,
  indent: string,
  path: string,
  values: ExampleValues,
): string[] {
  if (schema.type === "object")
    return [`${indent}${name}:`, ...children(schema, `${indent}  `, path, values)];
  if (schema.type === "array") return [`${indent}${name}:`, ...firstOf(schema, `${indent}  `)];
  const given = values[path];
  if (given !== undefined) return [`${indent}${name}: ${scalar(given)}`];
  if (schema.default !== undefined) return [`${indent}${name}: ${scalar(schema.default)}`];
  return [`${indent}# ${name}: ${scalar(schema.examples?.[0])}`];
}

function children(
  schema: SettingSchema,
  indent: string,
  path: string,
  values: ExampleValues,
): string[] {
  return Object.entries(schema.properties ?? {}).flatMap(([name, child]) => {
    const required = schema.required?.includes(name) === true;
    const shown = required ? { ...child, default: child.default ?? child.examples?.[0] } : child;
    return [...comment(child, indent), ...entry(name, shown, indent, `${path}.${name}`, values)];
  });
}

/** One element of a list, commented out; its help stays a comment when the # before it is taken away. */
function firstOf(schema: SettingSchema, indent: string): string[] {
  const { properties = {} } = schema.items ?? {};
  return Object.entries(properties).flatMap(([name, child], i) => {
    const line = `${name}: ${scalar(child.default ?? child.examples?.[0])}`;
    if (i === 0) return [...comment(child, indent, "# # "), `${indent}# - ${line}`];
    return [...comment(child, indent, "#   # "), `${indent}#   ${line}`];
  });
}

function comment(schema: SettingSchema, indent: string, mark = "# "): string[] {
  const choices = schema.enum ? ` One of ${schema.enum.join(", ")}.` : "";
  const change = schema["x-change"] ? ` [${schema["x-change"]}]` : "";
  return wrap(
    `${schema.description ?? ""}${choices}${change}`,
    WIDTH - indent.length - mark.length,
  ).map((text) => `${indent}${mark}${text}`);
}

function scalar(value: unknown): string {
  return stringify(value, { defaultStringType: "PLAIN", lineWidth: 0 }).trimEnd();
}

function wrap(text: string, width: number): string[] {
  const lines: string[] = [];
  let line = "";
  for (const word of text.split(" ")) {
    if (line !== "" && line.length + 1 + word.length > width) {
      lines.push(line);
      line = word;
    } else {
      line = line === "" ? word : `${line} ${word}`;
    }
  }
  return line === "" ? lines : [...lines, line];
}
