import { once } from "node:events";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import t from "tap";
import { Program } from "../../../support/program.ts";

const PANEL = {
  "/api/system/info":
    '{"hostname":"bob-axe","stratumUser":"bob.1","stratumPassword":"hun,ter","power":15.5}',
};

t.test(
  "what a device answers is written without what is private, and never over a recording",
  async (t) => {
    const device = createServer(({ url = "" }, answer) => {
      const text = (PANEL as Record<string, string>)[url];
      answer.writeHead(text === undefined ? 404 : 200).end(text);
    });
    device.listen(0, "127.0.0.1");
    await once(device, "listening");
    t.after(() => {
      device.closeAllConnections();
      device.close();
    });
    const { port } = device.address() as AddressInfo;
    const out = join(t.testdir(), "scene");
    const record = () =>
      new Program("scripts/record/main.ts", [
        `127.0.0.1:${port}`,
        "--driver",
        "axeos",
        "--out",
        out,
      ]);
    const first = record();
    t.equal((await first.ended).code, 0, first.err);
    t.strictSame(readdirSync(out).sort(), ["info.reply", "origin.json"]);
    t.equal(
      readFileSync(join(out, "info.reply"), "utf8"),
      '{"hostname":"struck-out-1","stratumUser":"struck-out-2","stratumPassword":"struck-out-3","power":15.5}',
    );
    t.notMatch(first.out, /bob|hun/);
    const second = record();
    t.equal((await second.ended).code, 1);
    t.match(second.err, /exists/);
    t.ok(existsSync(join(out, "info.reply")));
  },
);
