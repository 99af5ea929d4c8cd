import { readdirSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import type { Report } from "../../agent/core/reading.ts";

const FIXTURES = fileURLToPath(new URL("../fixtures/drivers/", import.meta.url));

/** Replies of one device at one moment, and what is to be read in them. */
export interface Scene {
  readonly driver: string;
  readonly name: string;
  readonly replies: Readonly<Record<string, Uint8Array>>;
  readonly expected: readonly Report[];
  readonly origin: Readonly<Record<string, unknown>>;
}

/** Reports as `expected.json` has them: where a value stood is not written down, but looked up by a test. */
export function withoutPaths(reports: readonly Report[]): Report[] {
  return JSON.parse(
    JSON.stringify(reports, (key, value: unknown) => (key === "path" ? undefined : value)),
  );
}

/** All scenes, found by looking: a driver's test is a folder of files. */
export function driverScenes(): Scene[] {
  return readdirSync(FIXTURES).flatMap((driver) =>
    readdirSync(`${FIXTURES}${driver}`).map((name) => {
      const folder = `${FIXTURES}${driver}/${name}`;
      const replies = readdirSync(folder)
        .filter((file) => file.endsWith(".reply"))
        .map(
          (file) => [file.slice(0, -".reply".length), readFileSync(`${folder}/${file}`)] as const,
        );
      return {
        driver,
        name: `${driver}/${name}`,
        replies: Object.fromEntries(replies),
        expected: JSON.parse(readFileSync(`${folder}/expected.json`, "utf8")).reports,
        origin: JSON.parse(readFileSync(`${folder}/origin.json`, "utf8")),
      };
    }),
  );
}
