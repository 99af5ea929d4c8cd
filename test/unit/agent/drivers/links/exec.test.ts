import { chmodSync, existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import t, { type Test } from "tap";
import { execLink } from "../../../../../agent/drivers/links/exec.ts";
import type { Link } from "../../../../../agent/drivers/links/link.ts";
import { codeOf, systemClock } from "../../../../support/driver-peers.ts";
import { FakeClock } from "../../../../support/fakes.ts";
import { until } from "../../../../support/until.ts";

const never = new AbortController().signal;

/** A shell script in place of nvidia-smi. */
function script(t: Test, lines: string): { program: string; folder: string } {
  const folder = t.testdir({});
  const program = join(folder, "fake-smi");
  writeFileSync(program, `#!/bin/sh\ncd "${folder}"\n${lines}\n`);
  chmodSync(program, 0o755);
  return { program, folder };
}

function linkTo(t: Test, program: string, periodMs = 200, timeoutMs = 5000): Link {
  const link = execLink({ clock: systemClock, timeoutMs, called: program }, { program, periodMs });
  t.after(() => link.stop());
  return link;
}
const ask = async (link: Link): Promise<string> =>
  Buffer.from(await link.ask({ target: "--query-gpu=index --format=csv" }, never)).toString();
const isAlive = (pid: number): boolean => {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
};

t.test("one child serves many asks, each with the newest whole block", async (t) => {
  const { program, folder } = script(
    t,
    'echo "$$ $*" >> calls\nn=0\nwhile :; do n=$((n+1)); echo "0, $n"; echo "1, $n"; sleep 0.1; done',
  );
  const link = linkTo(t, program, 100);
  t.match(await ask(link), /^0, (\d+)\n1, \1\n$/);
  const later = await until("a later block", async () => {
    const block = await ask(link);
    return Number(/^0, (\d+)/.exec(block)?.[1]) > 3 && block;
  });
  t.match(later, /^0, (\d+)\n1, \1\n$/);
  t.match(
    readFileSync(join(folder, "calls"), "utf8"),
    /^\d+ --query-gpu=index --format=csv -lms 100\n$/,
  );
});

t.test("stop kills the child, is safe twice and before the first ask", async (t) => {
  const { program, folder } = script(t, "echo $$ > pid\nwhile :; do echo '0, 1'; sleep 0.1; done");
  const link = linkTo(t, program);
  await link.stop();
  await ask(link);
  const pid = Number(readFileSync(join(folder, "pid"), "utf8"));
  await link.stop();
  await link.stop();
  t.notOk(isAlive(pid));
});

t.test("a child that does not heed SIGTERM is killed all the same", async (t) => {
  const { program, folder } = script(
    t,
    "trap '' TERM\necho $$ > pid\nwhile :; do echo '0, 1'; sleep 0.1; done",
  );
  const link = linkTo(t, program);
  await ask(link);
  const pid = Number(readFileSync(join(folder, "pid"), "utf8"));
  await link.stop();
  await until("the child's end", () => !isAlive(pid));
  t.pass("gone");
});

t.test("a program that is not installed is an absence with a code of its own", async (t) => {
  const link = linkTo(t, "/nonexistent/nvidia-smi");
  t.equal(await codeOf(ask(link)), "driver-no-program");
  t.equal(await codeOf(ask(link)), "driver-no-program", "also when asked again");
});

t.test("a program that may not be started is refused", async (t) => {
  const { program } = script(t, "true");
  chmodSync(program, 0o644);
  t.match(await codeOf(ask(linkTo(t, program))), /^driver-refused$/);
});

t.test("a child that dies is an outage that says why, and is started again", async (t) => {
  const { program, folder } = script(
    t,
    "if [ -e again ]; then while :; do echo '0, 2'; sleep 0.1; done; fi\necho 'No devices were found'; exit 6",
  );
  const link = linkTo(t, program);
  await t.rejects(ask(link), {
    code: "driver-refused",
    message: /ended \(6\): No devices were found/,
  });
  writeFileSync(join(folder, "again"), "");
  t.equal(await until("a block", () => ask(link).catch(() => undefined)), "0, 2\n");
});

t.test("a child that prints once and dies does not go on being shown", async (t) => {
  const { program } = script(t, "echo '0, 1'; exit 1");
  const link = linkTo(t, program);
  await until("the end", async () => (await codeOf(ask(link))) === "driver-refused");
  t.pass("an outage");
});

t.test("silence before the first block is a timeout", async (t) => {
  const { program } = script(t, "exec sleep 60");
  t.equal(await codeOf(ask(linkTo(t, program, 200, 100))), "driver-timeout");
});

t.test("a block that is too old is an outage and not a reading", async (t) => {
  const { program, folder } = script(t, "echo '0, 1'; touch printed; exec sleep 60");
  const clock = new FakeClock();
  const link = execLink({ clock, timeoutMs: 5000, called: program }, { program, periodMs: 1000 });
  const first = link.ask({ target: "-q" }, never);
  await until("the line", () => existsSync(join(folder, "printed")));
  const block = await until("the block", async () => {
    clock.advance(100);
    return Promise.race([first, Promise.resolve(undefined)]);
  });
  t.equal(Buffer.from(block).toString(), "0, 1\n");
  clock.advance(2000);
  t.equal(await codeOf(link.ask({ target: "-q" }, never)), "none", "two periods are patience");
  clock.advance(2000);
  t.equal(await codeOf(link.ask({ target: "-q" }, never)), "driver-timeout", "four are not");
  let stopped = false;
  const stopping = link.stop().then(() => {
    stopped = true;
  });
  await until("the stop", () => {
    clock.advance(500);
    return stopped;
  });
  await stopping;
});

t.test("a program that prints without end is stopped", async (t) => {
  const { program } = script(t, "exec yes 'no cells here, ever'");
  // Distinct first cells, so that no line begins a new block.
  const { program: distinct } = script(
    t,
    'i=0; while :; do i=$((i+1)); echo "$i, xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx"; done',
  );
  t.match(await codeOf(ask(linkTo(t, distinct, 60_000, 20_000))), /^driver-too-large$/);
  const flood = linkTo(t, program);
  await until("the limit", async () => (await codeOf(ask(flood))) === "driver-too-large");
});

/** Refuses `new` and `old` the way nvidia-smi does, in which it asks some of its libraries to complain before. */
const PICKY = `echo "$1" >> calls
case $1 in
  *new*) echo 'a library is missing' >&2; printf 'Field "new" is not a valid field to query.\\n\\n'; exit 2 ;;
  *old*) printf 'Field "old" is not a valid field to query.\\n'; sleep 1; exit 2 ;;
esac
while :; do echo "0, $1"; sleep 0.1; done`;

t.test("a version that does not know a field is asked for less, and only once", async (t) => {
  const { program, folder } = script(t, PICKY);
  const link = linkTo(t, program);
  const target = "--q=a,new\n--q=a,old\n--q=a";
  const both = await Promise.all([link.ask({ target }, never), link.ask({ target }, never)]);
  for (const block of [...both, await link.ask({ target }, never)])
    t.equal(Buffer.from(block).toString(), "0, --q=a\n");
  t.equal(readFileSync(join(folder, "calls"), "utf8"), "--q=a,new\n--q=a,old\n--q=a\n");
});

t.test("where the least is refused too, that is what is said", async (t) => {
  const { program } = script(t, PICKY);
  const link = linkTo(t, program);
  await t.rejects(link.ask({ target: "--q=new\n--q=b,new" }, never), {
    code: "driver-refused",
    message: /Field "new" is not a valid field to query/,
  });
});

t.test("another refusal is no reason to ask for less", async (t) => {
  const { program, folder } = script(t, "echo $1 >> calls; echo 'No devices were found'; exit 6");
  const link = linkTo(t, program);
  t.equal(await codeOf(link.ask({ target: "--more\n--less" }, never)), "driver-refused");
  t.equal(readFileSync(join(folder, "calls"), "utf8"), "--more\n");
  const absent = linkTo(t, "/nonexistent/nvidia-smi");
  t.equal(await codeOf(absent.ask({ target: "--more\n--less" }, never)), "driver-no-program");
});

t.test("nothing is started once it was stopped while it was refused", async (t) => {
  const { program, folder } = script(t, PICKY);
  const link = linkTo(t, program);
  const asking = codeOf(link.ask({ target: "--q=old\n--q=b" }, never));
  await until("the first line", () => existsSync(join(folder, "calls")));
  await link.stop();
  t.equal(await asking, "driver-refused");
  t.equal(readFileSync(join(folder, "calls"), "utf8"), "--q=old\n");
});
