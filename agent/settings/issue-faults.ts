import type * as z from "zod";
import type { SettingPath, SettingsFault } from "./faults.ts";
import { schemaAt } from "./json-schema.ts";
import { nearestName } from "./nearest-name.ts";
import { faultAt, type ReadYaml } from "./yaml.ts";

type Issue = z.core.$ZodIssue;

/** What the schema found wrong, in words, with the place of each. */
export function issueFaults(yaml: ReadYaml, issues: readonly Issue[]): SettingsFault[] {
  return issues.flatMap((issue) => {
    const path = issue.path.map((step) => (typeof step === "symbol" ? String(step) : step));
    if (issue.code !== "unrecognized_keys")
      return [faultAt(yaml, path, sayIssue(issue, path, yaml))];
    return issue.keys.map((key) => unknownKey(yaml, path, key));
  });
}

function unknownKey(yaml: ReadYaml, parent: SettingPath, key: string): SettingsFault {
  const known = Object.keys(schemaAt(parent)?.properties ?? {});
  const near = nearestName(key, known);
  const advice = near === undefined ? `known here: ${known.join(", ")}` : `did you mean ${near}?`;
  // A key can be a misplaced value, even a long one.
  const shown = key.length > 40 ? `${key.slice(0, 40)}…` : key;
  const fault = faultAt(yaml, [...parent, key], `is no setting; ${advice}`, "key");
  return { ...fault, path: faultAt(yaml, [...parent, shown], "").path };
}

const TYPE_NAMES: Readonly<Record<string, string>> = {
  string: "text",
  number: "a number",
  int: "a whole number",
  boolean: "true or false",
  object: "a section of settings",
  array: "a list",
};

function sayIssue(issue: Issue, path: SettingPath, yaml: ReadYaml): string {
  switch (issue.code) {
    case "invalid_type":
      return sayType(issue.expected, path, yaml);
    case "invalid_value":
      return `is none of ${issue.values.map(String).join(", ")}`;
    case "too_small":
      return issue.origin === "string" ? "is empty" : `is less than ${issue.minimum}`;
    case "too_big":
      return issue.origin === "string" || issue.origin === "array"
        ? `is longer than ${issue.maximum}`
        : `is more than ${issue.maximum}`;
    case "invalid_format":
    case "custom":
      return issue.message;
    case "invalid_element":
    case "invalid_key":
    case "invalid_union":
    case "not_multiple_of":
    case "unrecognized_keys":
      return "is not valid";
  }
}

function sayType(expected: string, path: SettingPath, yaml: ReadYaml): string {
  const found = valueAt(yaml.value, path);
  if (found === undefined) return "is missing";
  if (found === null) return "is empty";
  const wanted = TYPE_NAMES[expected] ?? expected;
  if (expected !== "string" || typeof found === "object") return `is not ${wanted}`;
  if (schemaAt(path)?.pattern?.startsWith("^[0-9]"))
    return 'has no unit; write one such as "10s" or "64MiB"';
  return "is read as a number or as true or false; put it in quotes";
}

function valueAt(value: unknown, path: SettingPath): unknown {
  return path.reduce<unknown>((held, step) => {
    if (typeof held !== "object" || held === null || !Object.hasOwn(held, step)) return undefined;
    return (held as Record<string | number, unknown>)[step];
  }, value);
}
