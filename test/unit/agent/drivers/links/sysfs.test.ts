import { execFileSync } from "node:child_process";
import { join } from "node:path";
import t from "tap";
import { sysfsLink } from "../../../../../agent/drivers/links/sysfs.ts";
import { codeOf, systemClock } from "../../../../support/driver-peers.ts";

const never = new AbortController().signal;
const reach = { clock: systemClock, timeoutMs: 2000, called: "sysfs" };

t.test("files come by path, and # stands for digits only", async (t) => {
  const root = t.testdir({
    class: {
      drm: {
        card0: { device: { uevent: "A=1\n", hwmon: { hwmon3: { temp1_input: "48000\n" } } } },
        card12: { device: { uevent: "A=2\n" } },
        "card0-DP-1": { device: { uevent: "no\n" } },
        renderD128: { device: { uevent: "no\n" } },
      },
    },
  });
  const target =
    "class/drm/card#/device/uevent class/drm/card#/device/hwmon/hwmon#/temp1_input class/drm/card#/device/absent";
  t.strictSame(
    JSON.parse(Buffer.from(await sysfsLink(reach, root).ask({ target: target }, never)).toString()),
    {
      "class/drm/card0/device/uevent": "A=1",
      "class/drm/card12/device/uevent": "A=2",
      "class/drm/card0/device/hwmon/hwmon3/temp1_input": "48000",
    },
  );
});

t.test("what stands above a linked folder is what stands above where it leads", async (t) => {
  const root = t.testdir({
    class: {
      drm: { card0: { device: t.fixture("symlink", "../../../devices/up/gpu"), vendor: "no" } },
    },
    devices: { vendor: "top", up: { vendor: "bridge", gpu: { vendor: "gpu" } } },
  });
  const target = ["", "/..", "/../.."].map((up) => `class/drm/card#/device${up}/vendor`).join(" ");
  t.strictSame(
    JSON.parse(Buffer.from(await sysfsLink(reach, root).ask({ target }, never)).toString()),
    {
      "class/drm/card0/device/vendor": "gpu",
      "class/drm/card0/device/../vendor": "bridge",
      "class/drm/card0/device/../../vendor": "top",
    },
  );
});

t.test("a host without such files has an empty listing", async (t) => {
  const reply = await sysfsLink(reach, "/nonexistent").ask(
    { target: "class/drm/card#/device/uevent" },
    never,
  );
  t.equal(Buffer.from(reply).toString(), "{}");
});

t.test("a long file is read to its limit, and a folder in its place is no file", async (t) => {
  const root = t.testdir({ long: "x".repeat(100_000), folder: { inside: "1" } });
  const reply = JSON.parse(
    Buffer.from(await sysfsLink(reach, root).ask({ target: "long folder" }, never)).toString(),
  );
  t.equal(reply.long.length, 4096);
  t.notOk("folder" in reply);
});

t.test("a read that hangs is a timeout, and is not joined by a second one", async (t) => {
  const root = t.testdir({ ok: "1" });
  const pipe = join(root, "hangs");
  execFileSync("sh", ["-c", `mkfifo "${pipe}"`]);
  const link = sysfsLink({ ...reach, timeoutMs: 100 }, root);
  t.equal(await codeOf(link.ask({ target: "hangs" }, never)), "driver-timeout");
  await t.rejects(link.ask({ target: "ok" }, never), {
    code: "driver-timeout",
    message: /still hangs/,
  });
  // A writer lets the reader go.
  execFileSync("sh", ["-c", `: > "${pipe}"`]);
  t.match(await codeOf(link.ask({ target: "ok" }, never)), /^(none|driver-timeout)$/);
});
