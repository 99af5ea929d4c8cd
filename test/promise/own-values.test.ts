import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import t from "tap";
import { driverScenes } from "../support/driver-scenes.ts";
import { CAPTURES, hasCaptures } from "./recordings/harness.ts";

/** What tells one device or owner from all others: addresses, serials, wallets. */
const NAMES: readonly RegExp[] = [
  /\b(?:[0-9a-f]{2}[:-]){5}[0-9a-f]{2}\b/gi,
  /\b[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}\b/gi,
  // Letters and many digits: serials, wallets, worker names.
  /\b(?=(?:\w*\d){4})(?=\w*[a-z])\w{12,}\b/gi,
];
/** Zeros and ones, bit masks, and the MAC that a maker's development kit puts into every board. */
const NOBODYS_NAME = /^[0f:-]+$|^0x0*[0-9a-f]{1,6}$|^00:0a:35:00:00:/i;
const NUMBER = /(?<![\w.])\d+(?:\.\d+)?(?![\w.])/g;
const MIB = 2 ** 20;

/** What tells one moment from all others: a number of seven digits or more that is no size, mask or limit. */
function isMeasured(text: string): boolean {
  const digits = text.replace(".", "").replace(/^0+/, "").replace(/0+$/, "");
  const value = Number(text);
  const isLimit = [value, value + 1].some((one) => Number.isInteger(Math.log2(one)));
  return digits.length >= 7 && !/^(\d)\1*$/.test(digits) && value % MIB !== 0 && !isLimit;
}

function tellingIn(text: string): Set<string> {
  const names = NAMES.flatMap((pattern) => text.match(pattern) ?? [])
    .map((name) => name.toLowerCase().replaceAll("-", ":"))
    .filter((name) => !NOBODYS_NAME.test(name));
  return new Set([...names, ...(text.match(NUMBER) ?? []).filter(isMeasured)]);
}

function recordedWords(): Set<string> {
  const texts = readdirSync(CAPTURES, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && entry.name !== "SOURCE.txt")
    .map(({ parentPath, name }) => readFileSync(join(parentPath, name), "latin1"));
  return new Set(texts.flatMap((text) => [...tellingIn(text)]));
}

const scenes = driverScenes();

if (!hasCaptures()) t.comment("there are no recorded replies beside the repository");
else
  t.test("no scene has a value out of a recording", async (t) => {
    const recorded = recordedWords();
    t.ok(recorded.size > 1000, `${recorded.size} telling words were recorded`);
    for (const { name, replies } of scenes) {
      const copied = Object.values(replies).flatMap((reply) =>
        [...tellingIn(Buffer.from(reply).toString("latin1"))].filter((word) => recorded.has(word)),
      );
      t.strictSame(copied, [], name);
    }
  });

t.test("scenes name only hosts that are nobody's", async (t) => {
  for (const { name, replies } of scenes) {
    const hosts = Object.values(replies).flatMap((reply) => [
      ...Buffer.from(reply)
        .toString("latin1")
        .matchAll(/(?:\/\/|")([a-z0-9-]+(?:\.[a-z0-9-]+)*\.[a-z]{2,}):\d{2,5}\b/gi),
    ]);
    t.strictSame(
      hosts
        .map(([, host = ""]) => host)
        .filter((host) => !/(^|\.)(example(\.\w+)?|invalid|test)$/.test(host)),
      [],
      name,
    );
  }
});

t.test("what tells a device is noticed, and what all have is not", async (t) => {
  const text = "mac 02:00:5E:10:00:01 serial AB12CD34EF56 rate 98765.4321 mask 4294967295 rpm 5400";
  t.strictSame([...tellingIn(text)], ["02:00:5e:10:00:01", "ab12cd34ef56", "98765.4321"]);
});
