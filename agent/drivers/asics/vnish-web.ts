import { algorithmOf } from "../../../proto/algorithms.ts";
import { isRecord, listOf, pointer } from "../pointer.ts";
import { modelOf, releaseOf } from "./antminer-firmware.ts";
import { factsOf } from "./antminer-models.ts";
import { hottest } from "./hottest.ts";

type Doc = Readonly<Record<string, unknown>>;

/**
 * What VNish's `/api/v1/summary` says, in one order for all its releases, with what `/api/v1/info` says of units; undefined
 * where it says nothing of the miner. `elapsed` comes from the cgminer API: here only the time in the present state is told.
 */
export function vnishWeb(summary: unknown, about: unknown, elapsed: unknown): Doc | undefined {
  const miner = pointer(summary, "/miner");
  if (!isRecord(miner)) return undefined;
  const type = miner["miner_type"];
  const facts = factsOf(modelOf(type));
  const named = pointer(about, "/algorithm");
  const algorithm = typeof named === "string" ? algorithmOf(named) : facts.algorithm;
  const chains = listOf(miner["chains"]).filter(isRecord);
  return {
    model: modelOf(type),
    firmware: releaseOf(type),
    algorithm,
    elapsed,
    mac: pointer(summary, "/system/network_status/mac"),
    hostname: pointer(summary, "/system/network_status/hostname"),
    pool: poolOf(miner),
    state: pointer(miner, "/miner_status/miner_state"),
    errors: [
      pointer(miner, "/miner_status/failure_code"),
      pointer(miner, "/miner_status/description"),
      ...chains.map((chain) => pointer(chain, "/status/description")),
    ],
    ...ratesOf(miner, pointer(about, "/hr_measure"), algorithm),
    ideal: miner["hr_nominal"],
    ...powerOf(miner),
    fee: miner["devfee_percent"],
    chipTemperature: pointer(miner, "/chip_temp/max"),
    supplyTemperature: hottest(Object.values(pointer(miner, "/psu/temps") ?? {})),
    ...coolingOf(miner),
    boards: chains.map(boardOf),
  };
}

/** The pool of the owner that is worked for; pools of the maker and of refunds are others. */
function poolOf(miner: Doc): Doc | undefined {
  const own = listOf(miner["pools"])
    .filter(isRecord)
    .filter(({ pool_type }) => pool_type === "UserPool");
  return own.find(({ status }) => status === "active") ?? own[0];
}

/**
 * `hr_*` and everything of a board are in the unit that `/info` names; `*_hashrate` are the same in the next greater one.
 * Where that unit was not asked for it is known by what is mined: GH/s for SHA-256, MH/s for scrypt.
 */
function ratesOf(miner: Doc, measure: unknown, algorithm: string | undefined): Doc {
  const boardUnit = measure ?? { sha256d: "GH/s", scrypt: "MH/s" }[String(algorithm)];
  if (typeof miner["hr_realtime"] === "number")
    return {
      rate: miner["hr_realtime"],
      average: miner["hr_average"],
      rateUnit: boardUnit,
      boardUnit,
    };
  return {
    rate: miner["instant_hashrate"],
    average: miner["average_hashrate"],
    rateUnit: { "GH/s": "TH/s", "MH/s": "GH/s" }[String(boardUnit)],
    boardUnit,
  };
}

function powerOf(miner: Doc): Doc {
  const watts = miner["power_consumption"] ?? miner["power_usage"];
  const isMetered = pointer(miner, "/psu/psu_power_metering") === true;
  return isMetered ? { meteredPower: watts } : { reckonedPower: watts };
}

/** Under water or in oil the fans that are listed are not there. */
function coolingOf(miner: Doc): Doc {
  if (pointer(miner, "/cooling/settings/mode/name") === "immersion") return { fans: [] };
  return {
    duty: pointer(miner, "/cooling/fan_duty"),
    fans: listOf(pointer(miner, "/cooling/fans")),
  };
}

/** A board, with the hottest of the sensors that measure, and the chips that are not given up as bad. */
function boardOf(chain: Doc): Doc {
  const { chip_statuses: chips } = chain;
  const [grey, orange] = [pointer(chips, "/grey"), pointer(chips, "/orange")];
  const isCounted = typeof grey === "number" && typeof orange === "number";
  return {
    ...chain,
    chipTemperature: measured(chain["chip_temp_sens"]),
    boardTemperature: measured(chain["pcb_temp_sens"]),
    chipsWorking: isCounted ? grey + orange : undefined,
  };
}

const measured = (sensors: unknown): number | undefined =>
  hottest(
    listOf(sensors)
      .filter((sensor) => pointer(sensor, "/status") === "measure")
      .map((sensor) => pointer(sensor, "/temp")),
  );
