import { lineOf, readPrivateFile } from "../core/private-file.ts";
import type { CrossFault } from "./cross-checks.ts";
import { type SettingPath, showPath } from "./faults.ts";
import { hasControl } from "./scalars.ts";
import { Secret } from "./secret.ts";

const MAX_BYTES = 4096;

/** The passwords of a settings file, by the path of the section they belong to. */
export interface Passwords {
  readonly bySection: ReadonlyMap<string, Secret>;
  readonly faults: readonly CrossFault[];
}

type Found =
  | { readonly path: SettingPath; readonly file: string }
  | { readonly path: SettingPath; readonly text: string };

/** Reads every `password` and `password_file` of a file's plain values. */
export function readPasswords(value: unknown, resolve: (path: string) => string): Passwords {
  const bySection = new Map<string, Secret>();
  const faults: CrossFault[] = [];
  for (const found of passwordsOf(value)) {
    const section = showPath(found.path);
    if ("text" in found) {
      bySection.set(section, new Secret(found.text));
      continue;
    }
    const read = readPrivateFile(resolve(found.file), MAX_BYTES);
    const password = "bytes" in read ? lineOf(read.bytes) : "";
    if (hasControl(password))
      faults.push({
        path: [...found.path, "password_file"],
        message: "names a file with more than one line, or with a control character in it",
      });
    else if (password !== "") bySection.set(section, new Secret(password));
    else faults.push({ path: [...found.path, "password_file"], message: sayWhy(read) });
  }
  return { bySection, faults };
}

function passwordsOf(value: unknown): Found[] {
  const top = record(value);
  const devices = Array.isArray(top["devices"]) ? top["devices"] : [];
  const sections: [SettingPath, unknown][] = [
    [["uplink"], top["uplink"]],
    ...devices.map((device, i): [SettingPath, unknown] => [["devices", i], device]),
  ];
  return sections.flatMap(([path, section]): Found[] => {
    const { password, password_file: file } = record(section);
    if (typeof file === "string" && file !== "") return [{ path, file }];
    return typeof password === "string" && password !== "" ? [{ path, text: password }] : [];
  });
}

function sayWhy(read: ReturnType<typeof readPrivateFile>): string {
  if ("bytes" in read) return "names an empty file";
  switch (read.why) {
    case "missing":
      return "names a file that is not there";
    case "exposed":
      return `names a file that others may read or change (${read.detail}); chmod 600 it`;
    case "too-large":
      return `names a file that is no password: ${read.detail}`;
    case "not-a-file":
      return "names something that is no file";
    case "unreadable":
      return `names a file that cannot be read (${read.detail})`;
  }
}

function record(value: unknown): Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null ? (value as Record<string, unknown>) : {};
}
