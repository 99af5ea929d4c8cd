import t from "tap";
import type { Report } from "../../../../agent/core/reading.ts";
import type { Driver } from "../../../../agent/drivers/driver.ts";
import { readReplies } from "../../../../agent/drivers/read-replies.ts";
import { struckReplies } from "../../../../scripts/record/struck-replies.ts";
import { declaredFamilies, hasCaptures, recordings } from "../../../promise/recordings/harness.ts";
import { driverScenes } from "../../../support/driver-scenes.ts";
import { driverNamed, knowing } from "../../../support/identification.ts";

type Replies = Readonly<Record<string, Uint8Array>>;

interface Recorded {
  readonly path: string;
  readonly driver: Driver;
  readonly replies: Replies;
}

const named = (name: string): Driver => {
  const driver = driverNamed(name);
  if (driver === undefined) throw new Error(`there is no driver ${name}`);
  return driver;
};
const isText = ({ driver }: Recorded): boolean =>
  Object.values(driver.asks).every(({ link }) => link !== "grpc");
const scenes: Recorded[] = driverScenes().map(({ name, driver, replies }) => ({
  path: name,
  driver: named(driver),
  replies,
}));
const captured: Recorded[] = hasCaptures()
  ? recordings(await declaredFamilies()).flatMap(({ path, driver, replies }) =>
      driver === undefined ? [] : [{ path, driver, replies }],
    )
  : [];
const recorded = [...scenes, ...captured].filter(isText);

/** What no reading is: who the device is may be told by other words afterwards, but not by fewer. */
const read = (reports: readonly Report[]): unknown =>
  reports.map(({ identity, ...report }) => ({ ...report, told: Object.keys(identity) }));

/** Names whose values are private, told in another way than the one that is tried. */
const PRIVATE =
  /^(?:.*(?:pass|passwd|password|token|wallet|username|workername|stratumuser|hostname|macaddr|mac_?address|serial_?(?:no|number)?|[ _-]sn|minersn|pcbsn\d)|user\d?|worker|sn|mac|uuid|ssid|login|account|url\d?|stratumurl|ipaddr|ip|gateway)$/i;
const MEMBER = /"([^"\\]+)"\s*:\s*"((?:[^"\\]|\\.)*)"/g;
const SAYS_NOTHING =
  /^(?:[0:.x-]*|default string|none|n\/a|null|unknown?|unkown|true|false|127\.[\d.]+|255\.[\d.]+|.*localhost.*|\[?redacted\]?)$/i;

/** Made up already, masked by whoever recorded it, or what the maker names all of theirs. */
const OPEN =
  /=.*pool(?:-\d+)?\.example|=192\.0\.2\.|=(?:[a-z+]+:\/\/)?x+:\d+$|hostname=(?:antminer|bitaxe|blackminer|nerdqaxe|volcminer|whatsminer)(?:[ -]?[a-z]\d)?$/i;

function privateIn(reply: Uint8Array): string[] {
  return [...Buffer.from(reply).toString("utf8").matchAll(MEMBER)].map(
    ([, name = "", value = ""]) => (PRIVATE.test(name) ? `${name}=${value}` : ""),
  );
}

/** Private members that read as before; what is made up already, as in scenes of ours, may. */
function survivors({ path, driver, replies }: Recorded): string[] {
  const struck = struckReplies(driver, replies);
  return Object.entries(struck).flatMap(([ask, after]) => {
    const left = privateIn(after);
    return privateIn(replies[ask] ?? Buffer.of()).flatMap((member, at) => {
      const value = member.slice(member.indexOf("=") + 1);
      const isOpen = SAYS_NOTHING.test(value) || OPEN.test(member);
      return member !== "" && left[at] === member && !isOpen ? [`${path} ${ask} ${member}`] : [];
    });
  });
}

t.test("what is struck out of a reply changes no reading of it", async (t) => {
  for (const { path, driver, replies } of recorded) {
    const struck = struckReplies(driver, replies);
    t.strictSame(Object.keys(struck).sort(), Object.keys(replies).sort(), `${path} is text`);
    t.strictSame(read(readReplies(driver, struck)), read(readReplies(driver, replies)), path);
    t.strictSame(knowing(driver, struck), knowing(driver, replies), `${path} is known`);
  }
});

t.test("no value of a private member survives in any scene", async (t) => {
  t.ok(scenes.flatMap(({ replies }) => Object.values(replies).flatMap(privateIn)).some(Boolean));
  t.strictSame(scenes.filter(isText).flatMap(survivors), []);
});

t.test(
  "no value of a private member survives in any recording",
  { skip: captured.length === 0 && "there are no recordings beside the repository" },
  async (t) => {
    t.strictSame(captured.filter(isText).flatMap(survivors), []);
  },
);

t.test(
  "what a driver finds by where it stands is struck out, though no name tells it",
  async (t) => {
    const scene = scenes.find(({ driver }) => driver.name === "multminer");
    const [reply] = Object.values(scene?.replies ?? {});
    const text = Buffer.from(reply ?? "").toString("utf8");
    const [worker] = readReplies(named("multminer"), { status: Buffer.from(text) }).map(
      ({ identity }) => identity.worker,
    );
    t.type(worker, "string");
    const mine = text.replaceAll(JSON.stringify(worker), '"bob"');
    const struck = struckReplies(named("multminer"), { status: Buffer.from(mine) });
    t.notMatch(Buffer.from(struck["status"] ?? "").toString("utf8"), /"bob"/);
  },
);

t.test("gRPC is left out, also where its bytes pass for text", async (t) => {
  const message = Buffer.concat([Buffer.of(0x0a, 0x20), Buffer.from("bob.rig1".repeat(4))]);
  t.strictSame(struckReplies(named("braiins-grpc"), { details: message }), {});
  const status = Buffer.concat([
    Buffer.of(0x0a, 0x08),
    Buffer.from("bob.rig1"),
    Buffer.of(0x12, 0x01, 0x41),
  ]);
  t.strictSame(struckReplies(named("xmrig"), { summary: status }), {}, "nor what came by HTTP");
});
