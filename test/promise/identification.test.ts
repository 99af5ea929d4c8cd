import t from "tap";
import { requestKey } from "../../agent/drivers/ask-once.ts";
import type { Driver } from "../../agent/drivers/driver.ts";
import { driversAt, planOf } from "../../agent/drivers/probe.ts";
import { decodeReplies } from "../../agent/drivers/read-replies.ts";
import { DRIVERS } from "../../agent/drivers/registry.ts";
import { driverScenes } from "../support/driver-scenes.ts";

/** Who first claims a device that answers like this, and after how many answers, as it is probed at a port. */
function firstToKnow(
  own: Driver,
  replies: Readonly<Record<string, Uint8Array>>,
  port: number,
): { who: string[]; answers: number } {
  const served = new Map(
    Object.entries(replies).map(([ask, reply]) => [
      requestKey(own, ask, own.ports[0] ?? port),
      reply,
    ]),
  );
  const met = new Map<Driver, Record<string, Uint8Array>>();
  let answers = 0;
  for (const { wants } of planOf(driversAt(port), (driver, ask) => requestKey(driver, ask, port))) {
    const [[first, name]] = wants as [readonly [Driver, string]];
    const reply = served.get(requestKey(first, name, port));
    if (reply === undefined) continue;
    answers += 1;
    for (const [driver, ask] of wants) met.set(driver, { ...met.get(driver), [ask]: reply });
    const who = wants
      .map(([driver]) => driver)
      .filter(
        (driver) =>
          !driver.generic && driver.identify(decodeReplies(driver, met.get(driver) ?? {})),
      );
    if (who.length > 0) return { who: who.map((driver) => driver.name), answers };
  }
  return { who: [], answers };
}

t.test(
  "in the order in which a device is asked, its own driver is the first to know it",
  async (t) => {
    for (const { driver: name, name: scene, replies } of driverScenes()) {
      const own = DRIVERS.find((driver) => driver.name === name) as Driver;
      const [port] = own.ports;
      if (own.generic || port === undefined) continue;
      const { who, answers } = firstToKnow(own, replies, port);
      t.strictSame(who, [name], `${scene} after ${answers} answers`);
    }
  },
);
