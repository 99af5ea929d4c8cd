import t from "tap";
import type { Ask, Driver } from "../../agent/drivers/driver.ts";
import { DRIVERS } from "../../agent/drivers/registry.ts";

/**
 * Words with which devices are asked. Each only reads, by the document that the driver names; a word that is not here is
 * looked up before it is added.
 */
const READING_WORDS = new Set([
  // cgminer and what came of it: https://github.com/ckolivas/cgminer/blob/master/API-README
  ..."version summary stats estats litestats pools devs edevs devdetails config coin notify asccount".split(
    " ",
  ),
  // TeamRedMiner's second algorithm, in an API that is read-only as a whole: https://github.com/todxx/teamredminer
  ..."summary2 devs2 pools2".split(" "),
  // Firmware on top of it: LuxOS, Braiins OS, Auradine, SealMiner.
  ..."fans temps tempctrl tunerstatus power profiles healthchipget voltageget events".split(" "),
  // Whatsminer 2 and 3.
  ..."get_version get_psu get_miner_info get_error_code status".split(" "),
  ..."get.device.info get.miner.status get.miner.history get.fan.setting".split(" "),
  // Claymore, ethminer and Excavator.
  ..."miner_getstat1 miner_getstat2 miner_getstatdetail miner_ping".split(" "),
  ..."algorithm.list worker.list device.list devices.get info subscribe.info".split(" "),
  // IceRiver's lines, whose word is their id.
  ..."boardpow board fan getpool getnet".split(" "),
  // ccminer's text.
  ..."threads hwinfo pool getstat".split(" "),
]);

/** Where a POST only reads, because the maker made it that way. */
const READING_POSTS: Readonly<Record<string, RegExp>> = {
  // IceRiver's page: 4 shows, other numbers set.
  "/user/userpanel": /^post=4$/,
  // Innosilicon's page is read by POST alone: https://github.com/UpstreamData/pyasic/blob/master/pyasic/web/innosilicon.py
  "/api/overview": /^\{\}$/,
  "/api/getAll": /^\{\}$/,
  // DragonMint's summary: a POST with nothing in it.
  "/api/summary": /^\{\}$/,
  // Ebang's pages for its own web site: a POST without a body asks, one with a body sets.
  "/Status/getsystemstatus": /^$/,
  "/Cgminer/CgminerStatus": /^$/,
  "/admininfo/Getadmininfo": /^$/,
  // A query of GraphQL; a mutation begins with that word.
  "/graphql": /^\{"query":"\s*(query\b[^{]*)?\{/,
};

/** Words in a path or a request that say that something is done. */
const DOING =
  /\b(set|add|remove|delete|restart|reboot|reset|update|upgrade|enable|disable|switch|save|write|stop|start|pause|resume|apply|upload|password|passwd|blink|factory|control)\b|_(set|add|reboot|restart|upgrade)|set_/i;
/** `setPool`, as opposed to `setting`. */
const DOING_IN_CAMEL_CASE = /\b(set|add|do)[A-Z]/;

/** Words of requests that are no HTTP: `{"command":"summary+devs"}`, `{"cmd":…}`, `{"method":…}`, `summary`, `pool|`. */
function wordsOf(target: string): string[] {
  const text = target.trim();
  if (!text.startsWith("{")) return text.split(/[|\s]+/).filter((word) => word !== "");
  const { command, cmd, method, id } = JSON.parse(text) as Readonly<Record<string, unknown>>;
  return String(command ?? cmd ?? method ?? id).split("+");
}

/** What an ask might do beside reading; undefined where it is known to read only. */
function doubt({ link, target, body }: Ask): string | undefined {
  if (link === "tcp" || link === "framed") {
    const unknown = wordsOf(target).filter((word) => !READING_WORDS.has(word));
    return unknown.length === 0 ? undefined : `unknown words ${unknown.join(", ")}`;
  }
  if (link === "http") {
    const [path = ""] = target.split("?");
    if (DOING.test(target) || DOING_IN_CAMEL_CASE.test(target)) return "a path that does something";
    if (body === undefined) return undefined;
    return READING_POSTS[path]?.test(body) ? undefined : `a POST of ${body}`;
  }
  // gRPC methods that read begin with Get; what is left is this host's own files and programs.
  if (link === "grpc") return /\/Get\w+$/.test(target) ? undefined : "a method that is no Get";
  return undefined;
}

for (const driver of DRIVERS as readonly Driver[]) {
  t.test(`${driver.name} only reads`, async (t) => {
    for (const [name, ask] of Object.entries(driver.asks))
      t.equal(doubt(ask), undefined, `${name}: ${ask.target}`);
  });
}

t.test("what would change a device is noticed", async (t) => {
  const decode = (): unknown => undefined;
  const asks: readonly Ask[] = [
    { link: "tcp", target: '{"command":"restart"}', decode },
    { link: "tcp", target: '{"command":"summary+addpool"}', decode },
    { link: "tcp", target: '{"cmd":"set_low_power"}', decode },
    { link: "tcp", target: '{"id":0,"method":"miner_reboot"}', decode },
    { link: "tcp", target: "quit|", decode },
    { link: "tcp", target: '{"id":"setpool"}', decode },
    { link: "http", target: "/api/setPool", decode },
    { link: "http", target: "/cgi-bin/set_miner_conf.cgi", decode },
    { link: "http", target: "/api/system/restart", decode },
    { link: "http", target: "/user/userpanel", body: "post=3", decode },
    { link: "http", target: "/graphql", body: '{"query":"mutation { reboot }"}', decode },
    { link: "grpc", target: "/braiins.bos.v1.ActionsService/Reboot", decode },
  ];
  for (const ask of asks) t.type(doubt(ask), "string", ask.target);
  t.equal(doubt({ link: "tcp", target: '{"command":"summary+devs"}', decode }), undefined);
  t.equal(doubt({ link: "http", target: "/user/userpanel", body: "post=4", decode }), undefined);
});
