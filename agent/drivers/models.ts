import { algorithmOf } from "../../proto/algorithms.ts";

/** What a maker rates a model at. */
interface Model {
  /** As the device names itself, the maker's name left out; the longest that fits counts. */
  readonly name: RegExp;
  readonly algorithm: string;
  /** H/s. */
  readonly hashrate: number;
  /** W at the wall. */
  readonly power: number;
}

const TH = 1e12;
const GH = 1e9;
const MH = 1e6;
const of = (algorithm: string, name: RegExp, hashrate: number, power: number): Model => ({
  name,
  algorithm,
  hashrate,
  power,
});
const sha = (name: RegExp, terahashes: number, power: number): Model =>
  of("sha256d", name, terahashes * TH, power);

/**
 * Rated hashrate and power by model, from the makers' own specification sheets (shop.bitmain.com, whatsminer.com,
 * canaan.io, bitaxe.org and the boards' data sheets). Models sold in several bins have the middle one: what is compared
 * is joules per hash, which differ little between bins. First match counts.
 */
const MODELS: readonly Model[] = [
  sha(/^S9\b/, 13.5, 1323),
  sha(/^S9i\b/, 14, 1320),
  sha(/^S9j\b/, 14.5, 1350),
  sha(/^S9k\b/, 13.5, 1310),
  sha(/^T9\+?/, 10.5, 1432),
  sha(/^S11\b/, 20.5, 1530),
  sha(/^S15\b/, 28, 1596),
  sha(/^T15\b/, 23, 1541),
  sha(/^S17 ?Pro\b/i, 53, 2094),
  sha(/^S17\+/, 73, 2920),
  sha(/^S17e\b/i, 64, 2880),
  sha(/^S17\b/, 56, 2520),
  sha(/^T17\+/, 64, 3200),
  sha(/^T17e\b/i, 53, 2915),
  sha(/^T17\b/, 40, 2200),
  sha(/^S19k ?Pro\b/i, 120, 2760),
  sha(/^S19 ?XP ?\+? ?Hyd/i, 255, 5304),
  sha(/^S19 ?XP\b/i, 140, 3010),
  sha(/^S19j ?Pro\+/i, 120, 3355),
  sha(/^S19j ?Pro\b/i, 104, 3068),
  sha(/^S19j\b/i, 90, 3100),
  sha(/^S19 ?Pro\+? ?Hyd/i, 177, 5221),
  sha(/^S19 ?Pro\b/i, 110, 3250),
  sha(/^S19a ?Pro\b/i, 110, 3250),
  sha(/^S19\b/, 95, 3250),
  sha(/^T19\b/, 84, 3150),
  sha(/^S21 ?XP ?Hyd/i, 473, 5676),
  sha(/^S21 ?XP\b/i, 270, 3645),
  sha(/^S21 ?Pro\b/i, 234, 3510),
  sha(/^S21\+ ?Hyd/i, 319, 4785),
  sha(/^S21\+/, 216, 3564),
  sha(/^S21 ?Hyd/i, 335, 5360),
  sha(/^S21\b/, 200, 3500),
  sha(/^T21\b/, 190, 3610),
  sha(/^S23 ?Hyd/i, 580, 5510),
  sha(/^M20S/i, 68, 3360),
  sha(/^M30S\+\+/i, 112, 3472),
  sha(/^M30S\+/i, 100, 3400),
  sha(/^M30S/i, 88, 3344),
  sha(/^M31S\+/i, 80, 3360),
  sha(/^M31S/i, 76, 3220),
  sha(/^M50S\+\+/i, 146, 3276),
  sha(/^M50S\+/i, 138, 3312),
  sha(/^M50S/i, 126, 3276),
  sha(/^M50(?!S)/i, 114, 3306),
  sha(/^M56S/i, 212, 5550),
  sha(/^M60S\+/i, 206, 3502),
  sha(/^M60S/i, 186, 3441),
  sha(/^M60(?!S)/i, 172, 3422),
  sha(/^M66S/i, 298, 5513),
  sha(/^Avalon(Miner)? ?1246/i, 90, 3420),
  sha(/^Avalon(Miner)? ?1166/i, 68, 3196),
  sha(/^Avalon(Miner)? ?A?15\d\d/i, 185, 3663),
  sha(/^Nano ?3S/i, 6, 140),
  sha(/^BM1366\b/, 0.5, 12),
  sha(/^BM1368\b/, 0.7, 13),
  sha(/^BM1370\b/, 1.2, 17),
  of("scrypt", /^L3\+/, 504 * MH, 800),
  of("scrypt", /^L7\b/, 9.5 * GH, 3425),
  of("scrypt", /^L9\b/, 16 * GH, 3360),
  of("x11", /^D3\b/, 17 * GH, 1200),
  of("x11", /^D7\b/, 1286 * GH, 3148),
  of("kheavyhash", /^KS3\b/, 9.4 * TH, 3500),
  of("kheavyhash", /^KS5\b/, 20 * TH, 3000),
  of("equihash", /^Z15 ?Pro\b/i, 840_000, 2780),
  of("equihash", /^Z15\b/, 420_000, 1510),
  of("etchash", /^E9 ?Pro\b/i, 3680 * MH, 2200),
  of("etchash", /^E9\b/i, 2400 * MH, 1920),
];

/** J per hash that a model is rated at for what it mines; undefined for a model or an algorithm that is not known. */
export function ratedJoulesPerHash(
  model: string | undefined,
  algorithm: string,
): number | undefined {
  if (model === undefined) return undefined;
  const name = model.replace(/^(Bitmain )?Antminer\s+|^(MicroBT )?WhatsMiner\s+|^Bitaxe\s+/i, "");
  const found = MODELS.find((known) => known.name.test(name));
  if (found === undefined || found.algorithm !== algorithmOf(algorithm)) return undefined;
  return found.power / found.hashrate;
}
