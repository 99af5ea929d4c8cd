import { z } from "zod";
import { UNITS } from "../../proto/units.ts";

const NUMBER = "([0-9]+(?:\\.[0-9]+)?)\\s*";
const DURATIONS: Readonly<Record<string, number>> = {
  ms: 1,
  s: 1000,
  m: 60_000,
  h: 3_600_000,
  d: 86_400_000,
};

function read(
  text: string,
  sizes: Readonly<Record<string, number>>,
  context: z.RefinementCtx,
): number {
  const units = Object.keys(sizes).map((unit) => unit.replace("/", "\\/"));
  const found = new RegExp(`^${NUMBER}(${units.join("|")})$`).exec(text.trim());
  if (found) return Number(found[1]) * (sizes[found[2] as string] as number);
  const message = `"${text}" is not a number with one of ${Object.keys(sizes).join(", ")}`;
  context.addIssue({ code: "custom", message });
  return z.NEVER;
}

/** A duration with its unit, such as "10s" or "1.5h"; becomes whole milliseconds. */
export const duration = z
  .string()
  .transform((text, context) => Math.round(read(text, DURATIONS, context)));

/** A hashrate with its unit, such as "104 TH/s"; becomes H/s. */
export const hashrate = z
  .string()
  .transform((text, context) => Math.round(read(text, UNITS.hashrate, context)));

/** A power with its unit, such as "3250 W"; becomes W. */
export const power = z.string().transform((text, context) => read(text, UNITS.power, context));
