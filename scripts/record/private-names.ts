/** Why a member is private: what it says (`secret`), or where it points (`place`: a host, a pool, an address). */
export type Privacy = "secret" | "place";

/** Anywhere in one word of a name. */
const SECRET =
  /pass|pwd|psw|psk|token|secret|wallet|ssid|serial|uuid|email|latitude|longitude|hostname|user|worker|login|account|credential|mwork|netid|owner|payout|phone|cookie|macaddr|hwaddr|ethaddr/;
/** In all words together. */
const SECRET_WORDS =
  /apikey|privatekey|hostname|macaddr|hwaddr|(?:machine|miner|rig|chip|unique|session|net)id|(?:machine|miner|rig)name/;
const SECRET_WORD = /^(?:[a-z]*sn|sno|dna|mac|uid|imei|lat|lon|lng|jwt|[a-z]*key)$/;
const PLACE =
  /ur[il]s?$|^ur[il]|host|pooladdr|ipaddr|gateway|dnsserver|ntpserver|^ipv$|addr(?:ess)?$/;
const PLACE_WORD =
  /^(?:pools?|servers?|dns|ip|proxy|domain|ntp|mip|endpoint|stratum|router|peer|client|broadcast|website)$/;
/** Addresses inside a machine, which are nobody's. */
const INSIDE = /pci|bus|base|memory|dma/;

/** Of private members those whose numbers are private too; in others a number is a place in a list, or a figure. */
const NUMBERED =
  /pass|pwd|psw|psk|token|secret|wallet|ssid|serial|latitude|longitude|login|account|apikey|privatekey|machineid|minerid|netid|phone|uniqueid/;
const NUMBERED_WORD = /^(?:[a-z]*sn|sno|dna|mac|uid|imei|lat|lon|lng|user|username|worker)$/;
const FIGURE_WORD =
  /^(?:accept|accepted|reject|rejected|stales?|invalid|errors?|performance|hash|hashrate|speed|rate|counts?|counter|total|num|percent|pct|test|tested|shares?|diff|difficulty|time|timestamp|seconds|sec|uptime|alive|chips|cores|temp|fan|power|index|version|status|state|mode|type|enabled?|port|latency|ping|max|min|avg|level|size|interval|timeout)$/;

/** The words of a name however it is written: `poolUser1`, `POOL_USER` and `pool user` are `pool`, `user`. */
function wordsOf(name: string): string[] {
  return name
    .replaceAll(/([a-z\d])([A-Z])/g, "$1 $2")
    .replaceAll(/([A-Z]+)([A-Z][a-z])/g, "$1 $2")
    .toLowerCase()
    .split(/[^a-z]+/)
    .filter((word) => word !== "");
}

/** Whether the values of a member are private, by its name. */
export function privacyOf(name: string): Privacy | undefined {
  const words = wordsOf(name);
  const joined = words.join("");
  if (joined === "useragent") return undefined;
  if (
    SECRET_WORDS.test(joined) ||
    words.some((word) => SECRET.test(word) || SECRET_WORD.test(word))
  )
    return "secret";
  if (INSIDE.test(joined)) return undefined;
  return PLACE.test(joined) || PLACE_WORD.test(words.at(-1) ?? "") ? "place" : undefined;
}

/** Whether a number in a private member is private as well, and not a figure about it, such as accepted shares of a user. */
export function isNumberPrivate(name: string): boolean {
  const words = wordsOf(name);
  if (isFigure(name)) return false;
  return NUMBERED.test(words.join("")) || NUMBERED_WORD.test(words.at(-1) ?? "");
}

/** Whether a member counts or measures something. */
export function isFigure(name: string): boolean {
  return wordsOf(name).some((word) => FIGURE_WORD.test(word));
}

/** Whether a member tells a release, whose number may look like an address. */
export function isRelease(name: string): boolean {
  return /ver|miner|firmware|fw|software|api|build|release|compile|type|soft|kernel|driver/i.test(
    name,
  );
}
