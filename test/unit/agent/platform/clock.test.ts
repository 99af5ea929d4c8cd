import { readFileSync } from "node:fs";
import { join } from "node:path";
import t from "tap";
import { pause } from "../../../../agent/core/ports.ts";
import { readBootId, SystemClock } from "../../../../agent/platform/clock.ts";

t.test("the monotonic clock is the host's own, so that a restart goes on with it", async (t) => {
  const uptimeMs = Number(readFileSync("/proc/uptime", "utf8").split(" ")[0]) * 1000;
  t.ok(Math.abs(new SystemClock("b").monotonicMs() - uptimeMs) < 60_000);
});

t.test("the wall clock is the system's", async (t) => {
  t.ok(Math.abs(new SystemClock("b").wallMs() - Date.now()) < 1000);
});

t.test("a callback comes once, and not before its time", async (t) => {
  const clock = new SystemClock("b");
  let calls = 0;
  const startedMs = clock.monotonicMs();
  const cameMs = await new Promise<number>((resolve) => {
    clock.after(20, () => {
      calls += 1;
      resolve(clock.monotonicMs());
    });
  });
  t.ok(cameMs - startedMs >= 20, `came after ${cameMs - startedMs} ms`);
  await pause(clock, 30);
  t.equal(calls, 1);
});

t.test("a cancelled callback never comes", async (t) => {
  const clock = new SystemClock("b");
  let called = false;
  const cancel = clock.after(5, () => {
    called = true;
  });
  cancel();
  await pause(clock, 20);
  t.equal(called, false);
});

t.test("a delay beyond what a timer can count does not come at once", async (t) => {
  const clock = new SystemClock("b");
  let called = false;
  const cancel = clock.after(60 * 86_400_000, () => {
    called = true;
  });
  t.after(cancel);
  await pause(clock, 20);
  t.equal(called, false);
});

t.test("the boot id is the kernel's, and one of this process where there is none", async (t) => {
  t.equal(readBootId(), readFileSync("/proc/sys/kernel/random/boot_id", "utf8").trim());
  const dir = t.testdir({ odd: "not an id" });
  const made = readBootId(join(dir, "none"));
  t.match(made, /^[0-9a-f-]{36}$/);
  t.not(readBootId(join(dir, "odd")), made);
});
