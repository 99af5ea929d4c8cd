import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import t from "tap";
import { Shortage, spareDescriptors } from "../../../../../agent/drivers/discovery/shortage.ts";
import { codeOf } from "../../../../support/driver-peers.ts";
import { FakeClock } from "../../../../support/fakes.ts";

const never = new AbortController().signal;

t.test("a want of sockets is waited out, and told where it does not end", async (t) => {
  const clock = new FakeClock();
  const shortage = new Shortage(clock);
  const wait = async (): Promise<string> => {
    const waiting = codeOf(shortage.wait(never));
    clock.advance(1000);
    return waiting;
  };
  for (let n = 0; n < 10; n += 1) t.equal(await wait(), "none", `${n}`);
  shortage.end();
  for (let n = 0; n < 10; n += 1) t.equal(await wait(), "none", "from the beginning");
  t.equal(await wait(), "driver-no-socket");
});

t.test("how many files may be opened is what is allowed less what is open", async (t) => {
  const proc = t.testdir();
  t.equal(spareDescriptors(proc), undefined, "not where the system does not say");
  mkdirSync(join(proc, "self/fd"), { recursive: true });
  for (const fd of ["0", "1", "2"]) writeFileSync(join(proc, "self/fd", fd), "");
  const limits = (most: string): void =>
    writeFileSync(
      join(proc, "self/limits"),
      `Limit                     Soft Limit           Hard Limit           Units\nMax open files            ${most}                 4096                 files\n`,
    );
  limits("64");
  t.equal(spareDescriptors(proc), 61);
  limits("2");
  t.equal(spareDescriptors(proc), 0);
  limits("unlimited");
  t.equal(spareDescriptors(proc), undefined);
});
