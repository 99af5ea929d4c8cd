import { randomBytes } from "node:crypto";
import {
  closeSync,
  fchmodSync,
  fchownSync,
  fstatSync,
  fsyncSync,
  openSync,
  readFileSync,
  renameSync,
  rmSync,
  type Stats,
  statSync,
  writeFileSync,
} from "node:fs";
import { dirname } from "node:path";
import { RigError } from "../core/errors.ts";

/**
 * Puts new text into the place of a settings file, all at once and for good, with the owner, group and mode that it had.
 * `file` is no symbolic link, and `before` is what it held when it was read. What it held stays beside it in a new file,
 * of which the name is returned. Throws `settings-unwritable` and changes nothing where any of that is not possible, or
 * the file was changed meanwhile.
 */
export function replaceFile(file: string, before: Uint8Array, text: string): string {
  const draft = `${file}.draft-${randomBytes(6).toString("hex")}`;
  let backup: string | undefined;
  try {
    const like = statSync(file);
    writeLike(draft, text, like);
    backup = writeBackup(file, before, like);
    if (!readFileSync(file).equals(before)) throw new Error("it was changed meanwhile");
    renameSync(draft, file);
  } catch (error) {
    rmSync(draft, { force: true });
    if (backup !== undefined) rmSync(backup, { force: true });
    const why = (error as NodeJS.ErrnoException).code ?? (error as Error).message;
    const message = `${file} cannot be replaced: ${why}; nothing was changed`;
    throw new RigError("settings-unwritable", message, { file }, { cause: error });
  }
  syncFolder(dirname(file));
  return backup;
}

/** Never over what is there, be it an older one or a link to somewhere else. */
function writeBackup(file: string, bytes: Uint8Array, like: Stats): string {
  for (let n = 1; ; n += 1) {
    const backup = `${file}.before-discover${n === 1 ? "" : `-${n}`}`;
    try {
      writeLike(backup, bytes, like);
      return backup;
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== "EEXIST") throw error;
    }
  }
}

/** A new file whose owner, group and mode are another's before anything is in it. */
function writeLike(file: string, content: string | Uint8Array, like: Stats): void {
  const descriptor = openSync(file, "wx", 0o600);
  try {
    const made = fstatSync(descriptor);
    if (made.uid !== like.uid || made.gid !== like.gid) fchownSync(descriptor, like.uid, like.gid);
    fchmodSync(descriptor, like.mode & 0o7777);
    writeFileSync(descriptor, content);
    fsyncSync(descriptor);
  } catch (error) {
    rmSync(file, { force: true });
    throw error;
  } finally {
    closeSync(descriptor);
  }
}

function syncFolder(folder: string): void {
  const descriptor = openSync(folder, "r");
  try {
    fsyncSync(descriptor);
  } finally {
    closeSync(descriptor);
  }
}
