import { poolInUse } from "../asics/cgminer-shares.ts";
import { isRecord, listOf, pointer } from "../pointer.ts";
import { added } from "./mined.ts";

type Doc = Readonly<Record<string, unknown>>;
type Replies = Readonly<
  Partial<Record<"devs" | "summary" | "pools" | "details" | "devs2" | "pools2", unknown>>
>;

const CURRENT = /^KHS (\d+)s$/;

/** GPUs of sgminer's API with what each of them mines beside it, and the program as a whole. */
export function orderly({ devs, summary, pools, details, devs2, pools2 }: Replies): Doc {
  const listed = listOf(pointer(devs, "/DEVS"));
  const pool = poolInUse(pools);
  const algorithm = pool?.["Algorithm"];
  const second = poolInUse(pools2)?.["Algorithm"];
  // A second rate without a name could not be told from the first.
  const others = second === undefined ? new Map() : byNumber(pointer(devs2, "/DEVS"), "GPU");
  const detailed = byNumber(pointer(details, "/DEVDETAILS"), "ID");
  const gpus = listed.map((gpu) => {
    if (!isRecord(gpu)) return gpu;
    const other = others.get(gpu["GPU"]);
    const detail = detailed.get(gpu["GPU"]);
    return {
      ...gpu,
      ...over([minedBy(gpu, algorithm), ...(other === undefined ? [] : [minedBy(other, second)])]),
      model: detail?.["Model"],
      address: detail?.["Device Path"],
      // 0 rpm of a fan that is driven is a counter that was not read.
      fanSpeed: gpu["Fan Speed"] === 0 && gpu["Fan Percent"] !== 0 ? undefined : gpu["Fan Speed"],
    };
  });
  return {
    ...(isRecord(devs) ? devs : {}),
    gpus,
    algorithm,
    pool,
    // Where no GPU says where it is, the pool is that of the one device that they are parts of.
    unplaced: gpus.some((gpu) => addressOf(gpu) !== "") ? undefined : pool,
    whole: { ...wholeOf(pointer(summary, "/SUMMARY/0")), rate: rateOfAll(listed) },
  };
}

/** A list's elements by the number of the GPU that they are of. */
function byNumber(list: unknown, key: string): ReadonlyMap<unknown, Doc> {
  return new Map(
    listOf(list)
      .filter(isRecord)
      // Two without a number are not the same.
      .filter((element) => typeof element[key] === "number")
      .map((element) => [element[key], element]),
  );
}

const addressOf = (gpu: unknown): string => String(pointer(gpu, "/address") ?? "");
const wholeOf = (summary: unknown): Doc => (isRecord(summary) ? summary : {});
const hangs = (gpu: unknown): boolean =>
  ["dead", "sick"].includes(String(pointer(gpu, "/Status")).toLowerCase());
const currentKey = (gpu: unknown): string | undefined =>
  isRecord(gpu) ? Object.keys(gpu).find((key) => CURRENT.test(key)) : undefined;

interface Mined extends Doc {
  readonly seconds: string | undefined;
}

function minedBy(gpu: Doc, algorithm: unknown): Mined {
  const key = currentKey(gpu);
  return {
    algorithm,
    seconds: key === undefined ? undefined : CURRENT.exec(key)?.[1],
    rate: key === undefined ? undefined : gpu[key],
    mean: gpu["KHS av"],
    accepted: gpu["Accepted"],
    rejected: gpu["Rejected"],
    hangs: hangs(gpu),
  };
}

/** The window of the current rate is in its name and the operator's to choose: what is mined, by the usual windows. */
function over(mined: readonly Mined[]): Doc {
  const usual = ["5", "30", "120"];
  return {
    over5: mined.filter(({ seconds }) => seconds === "5"),
    over30: mined.filter(({ seconds }) => seconds === "30"),
    over120: mined.filter(({ seconds }) => seconds === "120"),
    overSome: mined.filter(({ seconds = "" }) => !usual.includes(seconds)),
  };
}

/**
 * Current rates of the GPUs that work, added up, in kH/s; undefined where one of them gives none. One that hangs does
 * nothing, whatever rate it still shows.
 */
function rateOfAll(gpus: readonly unknown[]): number | undefined {
  const working = gpus.filter((gpu) => !hangs(gpu));
  return added(working.map((gpu) => pointer(gpu, `/${currentKey(gpu) ?? ""}`)));
}
