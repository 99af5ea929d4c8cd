import { rename, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";

/** Replaces a file in one step: a reader sees the old text or the new one, never a part. `scratch` is on the same disk. */
export async function writeWhole(
  file: string,
  text: string,
  scratch = dirname(file),
  mode = 0o644,
): Promise<void> {
  const whole = join(scratch, `.${process.pid}.new`);
  await writeFile(whole, text, { mode });
  await rename(whole, file);
}
