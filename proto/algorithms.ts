interface Algorithm {
  readonly about: string;
  /** Hashes that one share of difficulty 1 stands for; absent where pools of this algorithm do not agree on one. */
  readonly hashesPerDifficulty?: bigint;
  /** How efficiency is usually written. */
  readonly efficiency: "J/TH" | "J/GH" | "J/MH" | "J/kH";
  /** Other names for it in miners' replies, lower case without blanks, dashes and underscores. */
  readonly aliases?: readonly string[];
}

const TWO_32 = 1n << 32n;

/** Mining algorithms by the name that is signed. */
export const ALGORITHMS = {
  sha256d: {
    about: "Bitcoin",
    hashesPerDifficulty: TWO_32,
    efficiency: "J/TH",
    aliases: ["sha256", "sha256asicboost"],
  },
  scrypt: { about: "Litecoin, Dogecoin", hashesPerDifficulty: 1n << 16n, efficiency: "J/MH" },
  // Difficulty of these is given in hashes, so that one unit of difficulty is one hash.
  ethash: {
    about: "EthereumPoW",
    hashesPerDifficulty: 1n,
    efficiency: "J/MH",
    aliases: ["daggerhashimoto"],
  },
  etchash: { about: "Ethereum Classic", hashesPerDifficulty: 1n, efficiency: "J/MH" },
  randomx: {
    about: "Monero",
    hashesPerDifficulty: 1n,
    efficiency: "J/kH",
    aliases: ["rx/0", "rx", "randomx/0"],
  },
  kawpow: { about: "Ravencoin", hashesPerDifficulty: TWO_32, efficiency: "J/MH" },
  autolykos2: { about: "Ergo", efficiency: "J/MH", aliases: ["autolykosv2", "autolykos", "ergo"] },
  kheavyhash: {
    about: "Kaspa",
    hashesPerDifficulty: TWO_32,
    efficiency: "J/GH",
    aliases: ["heavyhashkaspa", "kaspa", "kas"],
  },
  blake3: {
    about: "Alephium",
    efficiency: "J/GH",
    aliases: ["blake3alephium", "alephium", "alph"],
  },
  octopus: { about: "Conflux", efficiency: "J/MH" },
  equihash: { about: "Zcash", efficiency: "J/kH", aliases: ["equihash200/9"] },
  equihash144_5: {
    about: "Bitcoin Gold",
    efficiency: "J/kH",
    aliases: ["equihash144/5", "equihash144,5", "equihash1445", "zhash"],
  },
  beamhash3: { about: "Beam", efficiency: "J/kH", aliases: ["beamhashiii", "beamiii", "beamv3"] },
  x11: { about: "Dash", efficiency: "J/GH" },
  ghostrider: { about: "Raptoreum", efficiency: "J/kH", aliases: ["gr"] },
  firopow: { about: "Firo", efficiency: "J/MH" },
  progpow: { about: "ProgPoW", efficiency: "J/MH" },
  dynexsolve: { about: "Dynex", efficiency: "J/kH" },
  karlsenhash: { about: "Karlsen", efficiency: "J/MH" },
  fishhash: { about: "Iron Fish", efficiency: "J/MH" },
  blake2s: { about: "Kadena", efficiency: "J/TH", aliases: ["kadena"] },
} as const satisfies Record<string, Algorithm>;

const plain = (name: string): string => name.toLowerCase().replaceAll(/[\s_-]/g, "");
const BY_NAME = new Map<string, string>(
  Object.entries(ALGORITHMS).flatMap(([name, algorithm]: [string, Algorithm]) =>
    [name, ...(algorithm.aliases ?? [])].map((alias) => [plain(alias), name] as const),
  ),
);

/**
 * The signed name of an algorithm as a miner spells it. One that is not in the table keeps its own spelling, reduced to
 * lower case letters, digits, `-` and `_`: two algorithms are never merged by mistake.
 */
export function algorithmOf(spelling: string): string {
  const known = BY_NAME.get(plain(spelling));
  return (
    known ??
    spelling
      .trim()
      .toLowerCase()
      .replaceAll(/[^a-z0-9_-]+/g, "-")
      .slice(0, 32)
  );
}

/** Hashes that one share of difficulty 1 stands for, or undefined where that is not known. */
export function hashesPerDifficulty(algorithm: string): bigint | undefined {
  return (ALGORITHMS as Record<string, Algorithm>)[algorithm]?.hashesPerDifficulty;
}
