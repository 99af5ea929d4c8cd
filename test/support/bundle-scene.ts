import { checkBundle } from "../../agent/commands/verify/check-bundle.ts";
import type { Pins } from "../../agent/commands/verify/link.ts";
import { type Bundler, tokenBundle } from "../../coordinator/record/bundle.ts";
import { closeEpoch, dueEpoch } from "../../coordinator/record/close.ts";
import { createProofs } from "../../coordinator/record/proofs.ts";
import { toHex } from "../../proto/hex.ts";
import { leafOfRecord } from "../../proto/leaves.ts";
import type { PerformanceRecord } from "../../proto/messages.ts";
import { COLLECTION, DAY, type Scene } from "./record-scene.ts";

export type Json = Record<string, unknown>;

/** A bundle as plain JSON, with the parts that tests change. */
export interface Document {
  [name: string]: unknown;
  rig: string | null;
  windowSeconds: string;
  attestations: (Json & { statement: Json & { devices: Json[] }; receipt: Json | null })[];
  allocations: Json[];
  records: (Json & { record: Record<string, string>; rows: Json[] })[];
}

/** Start of the scene's day, Unix seconds. */
export const FROM = BigInt(DAY);

/** Start of a window of a minute of the scene's day. */
export const at = (window: number): bigint => FROM + BigInt(window) * 60n;

export const token = (tokenId: bigint) => ({ collection: COLLECTION, tokenId });

export const bundlerOf = (scene: Scene): Bundler => ({
  db: scene.db,
  chainId: 1n,
  coordinator: scene.coordinator.address,
  proofs: createProofs(scene.db),
  windowSeconds: scene.rules.windowSeconds,
});

/** Closes the next epoch; throws when there is none. */
export function closeDue(scene: Scene): void {
  const epoch = dueEpoch(scene.db, scene.rules, DAY + 100_000);
  if (epoch === undefined) throw new Error("nothing is due");
  closeEpoch(scene.db, epoch, DAY + 100_000);
}

/** The bundle of a token's epoch as a file would have it; throws when there is none. */
export function documentOf(scene: Scene, tokenId: bigint, epochStart: bigint): Document {
  const bundle = tokenBundle(bundlerOf(scene), token(tokenId), epochStart);
  if (bundle === undefined) throw new Error("no bundle");
  return JSON.parse(JSON.stringify(bundle));
}

/** The links that fail, as text. */
export const failed = (document: unknown, pins: Pins = {}): string[] =>
  checkBundle(document, pins)
    .filter(({ ok }) => !ok)
    .map(({ name, about }) => `${name}: ${about}`);

/** Gives a record other fields, and a tree of its own that is sound: what a lying coordinator would do. */
export function lie(document: Document, fields: Record<string, string>, which = 0): void {
  const part = document.records[which];
  if (part === undefined) throw new Error("no such record");
  Object.assign(part.record, fields);
  const values = Object.entries(part.record).map(([name, value]) => [
    name,
    /^-?\d+$/.test(value) ? BigInt(value) : value,
  ]);
  const leaf = toHex(leafOfRecord(Object.fromEntries(values) as PerformanceRecord));
  Object.assign(part, { leaf, root: leaf, proof: [] });
}
