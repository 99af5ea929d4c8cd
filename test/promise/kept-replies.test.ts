import t from "tap";
import type { Driver } from "../../agent/drivers/driver.ts";
import { driverScenes } from "../support/driver-scenes.ts";
import { driverNamed } from "../support/identification.ts";
import { declaredFamilies, hasCaptures, recordings } from "./recordings/harness.ts";

/** What is kept of a device is handed on as evidence: no password may be in it. */
const MEMBER =
  /["']?([\w .-]*(?:pass|pwd|psw|psk|token|secret|api_?key|private_?key)[\w .-]*)["']?\s*[:=]\s*("(?:[^"\\]|\\.)*"|[^\s,}\]|;]+)/gi;
/** `scheme://user:password@host`, and a login with its password behind it. */
const IN_PLACE = /:(?:\\?\/){2}[^\s"@/:]*:[^\s"@]+@|"login"\s*:\s*"[^":]+:[^"]+"/gi;
/** Counts and results of tests: `chip_freqs_test_pass_3`, `upfreq_pass_cores_percent`. */
const FIGURE = /test|percent/i;
const EMPTY = /^(?:""|null|true|false|0)$/;

/** Passwords that stand in a reply, by their names. */
function passwordsIn(reply: Uint8Array): string[] {
  const text = Buffer.from(reply).toString("utf8");
  const members = [...text.matchAll(MEMBER)].flatMap(([, name = "", value = ""]) =>
    EMPTY.test(value) || FIGURE.test(name) ? [] : [name.trim()],
  );
  return [...members, ...[...text.matchAll(IN_PLACE)].map(() => "login")];
}

/** `driver/ask` of every reply that holds a password, and whether it is kept. */
function findings(
  driver: Driver | undefined,
  replies: Readonly<Record<string, Uint8Array>>,
): { readonly ask: string; readonly kept: boolean; readonly names: readonly string[] }[] {
  if (driver === undefined) return [];
  return Object.entries(replies).flatMap(([name, reply]) => {
    const names = passwordsIn(reply);
    const kept = driver.asks[name]?.secret !== true;
    return names.length === 0 ? [] : [{ ask: `${driver.name}/${name}`, kept, names }];
  });
}

const ofScenes = driverScenes().flatMap(({ driver, replies }) =>
  findings(driverNamed(driver), replies),
);

t.test("a password in a reply is seen for one", async (t) => {
  const names = (text: string) => passwordsIn(Buffer.from(text));
  t.strictSame(names('{"stratumPassword":"x","wifiPass" : "y","Passwd":1,"token":"z"}'), [
    "stratumPassword",
    "wifiPass",
    "Passwd",
    "token",
  ]);
  t.strictSame(names("USER=bob;PASS=x|"), ["PASS"]);
  t.strictSame(names('["ethash:\\/\\/bob:x@pool.example:4444"]'), ["login"]);
  t.strictSame(names('{"login":"bob.rig7:x"}'), ["login"]);
  t.strictSame(
    names('{"pass":"","password":null,"test_pass_3":1,"a":"stratum+tcp://bob@pool.example:3"}'),
    [],
  );
});

t.test("no scene's reply that is kept holds a password", async (t) => {
  t.ok(
    ofScenes.some(({ kept }) => !kept),
    "there are scenes with passwords",
  );
  t.strictSame(
    ofScenes.filter(({ kept }) => kept),
    [],
  );
});

t.test("what lists passwords on some firmware only is not kept either", async (t) => {
  const asks = ["axeos/info", "nbminer/status", "bminer/stratum", "excavator/pool"];
  for (const ask of asks) {
    const [driver = "", name = ""] = ask.split("/");
    t.equal(driverNamed(driver)?.asks[name]?.secret, true, ask);
  }
});

if (hasCaptures()) {
  const families = await declaredFamilies();
  t.test("no recorded reply that would be kept holds a password", async (t) => {
    const found = recordings(families).flatMap(({ driver, replies, path }) =>
      findings(driver, replies).map((finding) => ({ ...finding, path })),
    );
    t.ok(found.length > 0, "there are recordings with passwords");
    t.strictSame(
      found.filter(({ kept }) => kept),
      [],
    );
  });
}
