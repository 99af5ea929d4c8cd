import type { UnitOf } from "../../../proto/units.ts";

/** What is certain of a model and its reply does not say. */
export interface ModelFacts {
  readonly algorithm?: string;
  /** Unit of "GHS 5s" in the classic reply. */
  readonly rateUnit?: UnitOf<"hashrate">;
  /** Unit of `chain_rateN`, where it is another. */
  readonly boardUnit?: UnitOf<"hashrate">;
  /** Numbers of boards that every machine of the model is sold with. */
  readonly boards?: readonly number[];
  /** Cooled by water: it has no fans. */
  readonly hydro?: true;
  /** Which of a board's lists of sensors has the one at the water's inlet, and where in it. */
  readonly inlet?: Sensor;
  readonly outlet?: Sensor;
}

type Sensor = readonly [list: "temp_pcb" | "temp_pic", position: number];

// First match counts. A model that is not here has no unit of its own: its rate is read only where the reply says it.
const MODELS: readonly (readonly [model: RegExp, facts: ModelFacts])[] = [
  // All of the S and T series mine SHA-256, and "GHS" is what it says there.
  [/^[ST]\d/, { algorithm: "sha256d", rateUnit: "GH/s" }],
  // 504.56 "GHS" on an L3+, whose nameplate is 504 MH/s.
  [/^L3/, { algorithm: "scrypt", rateUnit: "MH/s" }],
  [/^L\d/, { algorithm: "scrypt" }],
  // 16346 "GHS" on a D3, whose nameplate is 15 to 19 GH/s.
  [/^D3/, { algorithm: "x11", rateUnit: "MH/s" }],
  [/^D\d/, { algorithm: "x11" }],
  [/^KS\d/, { algorithm: "kheavyhash" }],
  // Hundreds of Ksol/s under "GHS", boards in Gsol/s (firmware 81.0-2.0.0).
  [/^Z15 Pro/, { algorithm: "equihash", rateUnit: "kSol/s" }],
  // Hundreds of thousands of sol/s under "GHS", boards in Ksol/s (firmware 9.0.0.5).
  [/^Z15/, { algorithm: "equihash", rateUnit: "Sol/s", boardUnit: "kSol/s" }],
  [/^Z\d/, { algorithm: "equihash" }],
  // Later ones of the E series mine Ethash or Etchash as the pool has it, and do not say which.
  [/^E3\b/, { algorithm: "ethash" }],
];

// Where the water's sensors are differs by model and is known of these (pyasic, its table of temperature layouts).
const WATER: readonly (readonly [model: RegExp, facts: ModelFacts])[] = [
  [/^S21( XP|\+) Hyd/, { inlet: ["temp_pcb", 0], outlet: ["temp_pcb", 2] }],
  [/^S19 XP\+ Hyd/, { inlet: ["temp_pic", 2], outlet: ["temp_pic", 1] }],
];

// S9 with a letter k or SE behind it is another design.
const BOARDS: readonly (readonly [model: RegExp, boards: readonly number[]])[] = [
  [/^S9(i|j| Hiveon)?$/i, [6, 7, 8]],
  [/^[ST](15|17|19|21)(?!\d)/, [1, 2, 3]],
];

/** Facts of a model by the name that it gives itself, such as `Antminer S19 Pro`. */
export function factsOf(model: unknown): ModelFacts {
  const name = String(model).replace(/^Antminer\s+/, "");
  const [, facts] = MODELS.find(([pattern]) => pattern.test(name)) ?? [];
  const [, water] = WATER.find(([pattern]) => pattern.test(name)) ?? [];
  const [, boards] = BOARDS.find(([pattern]) => pattern.test(name)) ?? [];
  return {
    ...facts,
    ...(boards === undefined ? {} : { boards }),
    ...(/\bHyd/.test(name) ? { hydro: true } : {}),
    ...water,
  };
}
