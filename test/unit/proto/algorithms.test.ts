import t from "tap";
import { ALGORITHMS, algorithmOf, hashesPerDifficulty } from "../../../proto/algorithms.ts";

/** What programs and firmware write in their replies, or take as `--algo` where the reply repeats that, and who writes it so. */
const SPELLINGS: readonly (readonly [who: string, spelling: string, signed: string])[] = [
  ["cgminer and most firmware", "sha256", "sha256d"],
  ["Antminer", "SHA256", "sha256d"],
  ["Braiins OS", "sha256d", "sha256d"],
  ["NiceHash", "sha256asicboost", "sha256d"],
  ["cpuminer", "scrypt", "scrypt"],
  ["T-Rex", "ethash", "ethash"],
  ["lolMiner", "Ethash", "ethash"],
  ["Excavator", "daggerhashimoto", "ethash"],
  ["lolMiner", "Etchash", "etchash"],
  ["GMiner", "Etchash", "etchash"],
  ["XMRig", "rx/0", "randomx"],
  ["XMRig 5", "randomx/0", "randomx"],
  ["nanominer", "RandomX", "randomx"],
  ["SRBMiner", "randomx", "randomx"],
  ["XMRig", "gr", "ghostrider"],
  ["GMiner", "KAWPOW", "kawpow"],
  ["T-Rex", "kawpow", "kawpow"],
  ["T-Rex", "autolykos2", "autolykos2"],
  ["lolMiner", "Autolykos V2", "autolykos2"],
  ["nanominer", "Autolykos", "autolykos2"],
  ["BzMiner", "ergo", "autolykos2"],
  ["Rigel", "kheavyhash", "kheavyhash"],
  ["GMiner", "KHeavyHash", "kheavyhash"],
  ["lolMiner", "HeavyHash-Kaspa", "kheavyhash"],
  ["BzMiner", "kaspa", "kheavyhash"],
  ["TeamRedMiner", "kas", "kheavyhash"],
  ["T-Rex", "blake3", "blake3"],
  ["lolMiner", "Blake3 Alephium", "blake3"],
  ["BzMiner", "alph", "blake3"],
  ["BzMiner", "alephium", "blake3"],
  ["T-Rex", "octopus", "octopus"],
  ["dstm, EWBF", "equihash", "equihash"],
  ["lolMiner", "Equihash 200/9", "equihash"],
  ["GMiner", "Equihash 144,5", "equihash144_5"],
  ["lolMiner", "Equihash 144/5", "equihash144_5"],
  ["Bminer", "equihash1445", "equihash144_5"],
  ["Bminer", "zhash", "equihash144_5"],
  ["lolMiner", "BeamHash III", "beamhash3"],
  ["lolMiner", "BEAM-III", "beamhash3"],
  ["GMiner", "BeamHashIII", "beamhash3"],
  ["Bminer", "beamhash3", "beamhash3"],
  ["NBMiner, NiceHash", "beamv3", "beamhash3"],
  ["WildRig", "x11", "x11"],
  ["T-Rex", "firopow", "firopow"],
  ["OneZeroMiner", "dynexsolve", "dynexsolve"],
  ["lolMiner", "Karlsenhash", "karlsenhash"],
  ["lolMiner", "FishHash", "fishhash"],
  ["SRBMiner", "kadena", "blake2s"],
  ["ccminer", "blake2s", "blake2s"],
];

t.test("an algorithm has one signed name, however a miner spells it", async (t) => {
  for (const [who, spelling, signed] of SPELLINGS)
    t.equal(algorithmOf(spelling), signed, `${who}: ${spelling}`);
});

t.test("every algorithm of the table is spelt by some miner", async (t) => {
  const spelt = new Set(SPELLINGS.map(([, , signed]) => signed));
  t.strictSame(
    Object.keys(ALGORITHMS).filter((name) => !spelt.has(name) && name !== "progpow"),
    [],
  );
});

t.test("two algorithms are never one because their names are alike", async (t) => {
  for (const [one, other] of [
    ["sha256dt", "sha256d"],
    ["sha512_256d_radiant", "sha256d"],
    ["heavyhash", "kheavyhash"],
    ["etchash", "ethash"],
    ["ethashb3", "ethash"],
    ["rx/wow", "rx/0"],
    ["rx/arq", "rx/0"],
    ["beamv2", "beamv3"],
    ["Equihash 192,7", "Equihash 144,5"],
    ["Equihash 210,9", "Equihash 200,9"],
    ["karlsenhashv2", "karlsenhash"],
    ["Blake3 Decred", "Blake3 Alephium"],
    ["progpow_zano", "progpow"],
    ["firopow", "kawpow"],
    ["scryptn2", "scrypt"],
  ] as const)
    t.not(algorithmOf(one), algorithmOf(other), `${one} and ${other}`);
});

t.test("no spelling stands for two algorithms", async (t) => {
  const plain = (name: string): string => name.toLowerCase().replaceAll(/[\s_-]/g, "");
  const named = Object.entries(ALGORITHMS).flatMap(([name, algorithm]) => [
    ...new Set([name, ...("aliases" in algorithm ? algorithm.aliases : [])].map(plain)),
  ]);
  t.strictSame(
    named.filter((name, at) => named.indexOf(name) !== at),
    [],
  );
});

t.test("an alias is found: it is written as spellings are compared", async (t) => {
  for (const [name, algorithm] of Object.entries(ALGORITHMS))
    for (const alias of "aliases" in algorithm ? algorithm.aliases : [])
      t.equal(algorithmOf(alias.toUpperCase()), name, alias);
});

t.test("an unknown algorithm keeps its spelling, made safe and short", async (t) => {
  t.equal(algorithmOf(" VerusHash 2.2 "), "verushash-2-2");
  t.equal(algorithmOf("x".repeat(100)).length, 32);
  t.match(algorithmOf('a"b<c>\n😀'), /^[a-z0-9_-]*$/);
});

t.test("work of a share is known of algorithms whose pools agree on it", async (t) => {
  t.equal(hashesPerDifficulty("sha256d"), 2n ** 32n);
  t.equal(hashesPerDifficulty("scrypt"), 2n ** 16n);
  for (const name of ["equihash", "heavyhash", "sha256dt", "", "toString"])
    t.equal(hashesPerDifficulty(name), undefined, name);
});
