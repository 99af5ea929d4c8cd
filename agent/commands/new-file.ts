import { randomBytes } from "node:crypto";
import { link, open, rm } from "node:fs/promises";
import { basename, dirname, join } from "node:path";

/**
 * Writes a file that was not there, mode 0600: afterwards it is there as a whole or not at all, also after a power cut.
 * False when something has that name already, which is left as it is.
 */
export async function writeNewFile(file: string, text: string): Promise<boolean> {
  const folder = dirname(file);
  const draft = join(folder, `.${basename(file)}.${randomBytes(6).toString("hex")}`);
  try {
    const draftFile = await open(draft, "wx", 0o600);
    try {
      await draftFile.writeFile(text, "utf8");
      await draftFile.sync();
    } finally {
      await draftFile.close();
    }
    // A rename would replace what is there; a second name for the draft cannot.
    await link(draft, file);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "EEXIST") return false;
    throw error;
  } finally {
    await rm(draft, { force: true });
  }
  await syncFolder(folder);
  return true;
}

async function syncFolder(folder: string): Promise<void> {
  const descriptor = await open(folder, "r");
  try {
    await descriptor.sync();
  } finally {
    await descriptor.close();
  }
}
