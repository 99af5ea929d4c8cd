import { bracketed } from "../decode/brackets.ts";
import { isRecord, listOf, pointer } from "../pointer.ts";

type Fields = Readonly<Record<string, string>>;

interface Module {
  readonly number: number;
  readonly fields: Fields;
}

/** A value in an order that a table can read; every one is a piece of the module's own text. */
interface Board {
  readonly number: number;
  /** A mean that stays when the board stops. */
  readonly mean?: string | undefined;
  readonly expected?: string | undefined;
  readonly hottest?: string | undefined;
  readonly inlet?: string | undefined;
  readonly outlet?: string | undefined;
  readonly frequency?: string | undefined;
  readonly chips?: string | undefined;
}

interface Fan {
  readonly number: number;
  readonly speed?: string | undefined;
  readonly duty?: string | undefined;
}

/** What a controller says: of the one miner it sits in, or of the modules on its bus. */
export interface Avalon {
  /** Fields of the one module; none where there are several. */
  readonly whole: Fields;
  /** The rate of this moment, where the firmware has it. */
  readonly speed: string | undefined;
  /** At the plug, where the firmware has it; else what the supply gives out. */
  readonly wall: readonly { readonly watt: string }[];
  readonly supply: readonly { readonly watt: string }[];
  readonly boards: readonly Board[];
  readonly fans: readonly Fan[];
  /** Of all fans alike. */
  readonly duty: string | undefined;
  readonly errors: readonly string[];
}

/** What stands in the texts of `stats`: `MM ID0` in a miner, `MM ID1` and further for the modules of a controller. */
export function avalonOf(stats: unknown): Avalon | undefined {
  const modules = listOf(pointer(stats, "/STATS"))
    .filter(isRecord)
    .flatMap((member) => Object.entries(member))
    .flatMap(([key, text]) => moduleOf(key, text))
    .slice(0, MAX_MODULES);
  if (modules.length === 0) return undefined;
  const whole = modules.length === 1 ? (modules[0] as Module).fields : {};
  return {
    whole,
    speed: whole["GHSspd"],
    ...powerOf(whole),
    boards: modules.length === 1 ? boardsOf(whole) : modules.map(asBoard),
    fans: modules.length === 1 ? fansOf(whole) : modules.map(asFan),
    duty: percent(whole["FanR"]),
    errors: modules.flatMap(({ fields }) => errorsOf(fields)),
  };
}

const MAX_MODULES = 64;
const MM = /^MM ID(\d{1,3})/;

function moduleOf(key: string, text: unknown): Module[] {
  const [, number] = MM.exec(key) ?? [];
  if (number === undefined || typeof text !== "string") return [];
  const fields = bracketed(text);
  return fields["Ver"] === undefined ? [] : [{ number: Number(number), fields }];
}

const wordsIn = (text: string | undefined): string[] => text?.split(/\s+/).filter(Boolean) ?? [];

/**
 * `PS` is the supply: fault, volts of the controller, volts, amperes and watts to the boards, volts that are set, and
 * with newer firmware what is drawn at the plug: the same number as `WALLPOWER`, where that is said too.
 */
function powerOf(fields: Fields): Pick<Avalon, "wall" | "supply"> {
  const supply = wordsIn(fields["PS"]);
  const wall = fields["WALLPOWER"] ?? supply[6];
  const out = supply[4];
  return {
    wall: wall === undefined ? [] : [{ watt: wall }],
    supply: wall !== undefined || out === undefined ? [] : [{ watt: out }],
  };
}

function boardsOf(fields: Fields): Board[] {
  // They add up to GHSavg, not to GHSspd.
  const means = wordsIn(fields["MGHS"]);
  const hottest = wordsIn(fields["MTmax"]);
  const [inlet, outlet] = [fields["HBITemp"], fields["HBOTemp"]];
  const count = Math.min(MAX_MODULES, Math.max(means.length, hottest.length, inlet ? 1 : 0));
  // The two sensors beside the board are of a miner with one board.
  const air = count === 1 ? { inlet, outlet } : {};
  return Array.from({ length: count }, (_, number) => ({
    number,
    mean: means[number],
    hottest: hottest[number],
    ...air,
  }));
}

/** A module of an old controller is a miner by itself; it stands as a board of the one device at the address. */
const asBoard = ({ number, fields }: Module): Board => ({
  number,
  expected: fields["GHSmm"],
  hottest: fields["TMax"],
  inlet: fields["Temp"],
  frequency: fields["Freq"],
  chips: fields["TA"],
});

const percent = (text: string | undefined): string | undefined => text?.replace(/%$/, "");
const asFan = ({ number, fields }: Module): Fan => ({
  number,
  speed: fields["Fan"],
  duty: percent(fields["FanR"]),
});

function fansOf(fields: Fields): Fan[] {
  const names = ["Fan", "Fan1", "Fan2", "Fan3", "Fan4"];
  const speeds = names.flatMap((name) => fields[name] ?? []);
  return speeds.map((speed, number) => ({ number, speed }));
}

/** Fault codes of the hash boards, the controller and the supply, each with its field where it is not 0. */
function errorsOf(fields: Fields): string[] {
  const [supply = "0"] = wordsIn(fields["PS"]);
  const codes = ["ECHU", "ECMM"].flatMap((name) =>
    wordsIn(fields[name]).some((word) => word !== "0") ? [`${name}[${fields[name]}]`] : [],
  );
  return supply === "0" ? codes : [...codes, `PS[${supply}]`];
}
