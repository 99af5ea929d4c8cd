import { randomUUID } from "node:crypto";
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";

const SYSTEM_FILES = ["/etc/machine-id", "/var/lib/dbus/machine-id"];

/**
 * An id of this machine that stays: the system's, or where it has none (some mining images) one that is made once and
 * kept in the state directory.
 */
export function readMachineId(
  stateDirectory: string,
  files: readonly string[] = SYSTEM_FILES,
): string {
  const own = join(stateDirectory, "machine-id");
  for (const file of [...files, own]) {
    const id = existsSync(file) ? readFileSync(file, "utf8").trim() : "";
    if (/^[0-9a-f-]{32,36}$/.test(id)) return id.replaceAll("-", "");
  }
  const made = randomUUID().replaceAll("-", "");
  writeFileSync(own, `${made}\n`, { mode: 0o600 });
  return made;
}
