import { RigError } from "../core/errors.ts";

/** Keys and indexes from the top of the file to a setting. */
export type SettingPath = readonly (string | number)[];

/** One thing that is wrong with a settings file. Never holds a secret's text. */
export interface SettingsFault {
  /** Such as `devices[2].interval`; empty for the file as a whole. */
  readonly path: string;
  /** Counted from 1; absent when the fault is at no place of the file. */
  readonly line?: number;
  readonly column?: number;
  readonly message: string;
}

/** Every fault of one settings file. */
export class SettingsError extends RigError {
  readonly file: string;
  readonly faults: readonly SettingsFault[];

  constructor(file: string, faults: readonly SettingsFault[]) {
    const count = faults.length === 1 ? "1 fault" : `${faults.length} faults`;
    super("settings-invalid", `${file} has ${count}`, { file, faults: faults.length });
    this.name = "SettingsError";
    this.file = file;
    this.faults = faults;
  }
}

/** A path as it is written in messages: `devices[2].interval`. */
export function showPath(path: SettingPath): string {
  return path.reduce<string>((text, step) => {
    if (typeof step === "number") return `${text}[${step}]`;
    return text === "" ? step : `${text}.${step}`;
  }, "");
}

/** A fault as one line for a person: `agent.yaml:3:5: devices[0].name: is missing`. */
export function showFault(file: string, fault: SettingsFault): string {
  const place = fault.line === undefined ? file : `${file}:${fault.line}:${fault.column ?? 1}`;
  return fault.path === ""
    ? `${place}: ${fault.message}`
    : `${place}: ${fault.path}: ${fault.message}`;
}
