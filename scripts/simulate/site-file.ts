import { readFileSync } from "node:fs";
import { parse } from "yaml";
import { z } from "zod";
import { type SiteSpec, siteSpec } from "./specs.ts";

/** A site from its YAML file. Throws with every fault that is in it. */
export function siteFromFile(file: string): SiteSpec {
  const written: unknown = parse(readFileSync(file, "utf8"), { maxAliasCount: 100 });
  const checked = siteSpec.safeParse(written);
  if (!checked.success) throw new Error(`${file} is not valid\n${z.prettifyError(checked.error)}`);
  // As written: whoever starts the site reads the units again.
  return written as SiteSpec;
}
