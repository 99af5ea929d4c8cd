import { PassThrough } from "node:stream";
import t from "tap";
import { asRigError, RigError } from "../../../../agent/core/errors.ts";
import { type LogOptions, openLog } from "../../../../agent/platform/log.ts";

function open(options: Partial<LogOptions> & { isTTY?: boolean } = {}) {
  const stream = Object.assign(new PassThrough(), { isTTY: options.isTTY ?? false });
  const now = (): number => Date.UTC(2027, 0, 2, 3, 4, 5, 6);
  const log = openLog({ level: "info", format: "auto", stream, now, ...options });
  const lines = (): string[] => {
    const text = ((stream.read() as Buffer | null) ?? Buffer.alloc(0)).toString("utf8");
    return text.split("\n").slice(0, -1);
  };
  return {
    log,
    lines,
    json: () => lines().map((line) => JSON.parse(line) as Record<string, unknown>),
  };
}

t.test("a line is one JSON object with its facts beside the message", async (t) => {
  const { log, json } = open();
  log
    .child({ stage: "sampler" })
    .info("a device answers again", { device: "a", after: 3, total: 12n, none: undefined });
  t.strictSame(json(), [
    {
      at: "2027-01-02T03:04:05.006Z",
      level: "info",
      message: "a device answers again",
      stage: "sampler",
      device: "a",
      after: 3,
      total: "12",
    },
  ]);
});

t.test("an error is told with its code, facts and causes", async (t) => {
  const { log, json } = open();
  const cause = Object.assign(new Error("connect ECONNREFUSED"), { code: "ECONNREFUSED" });
  log.warn(
    "no answer",
    {},
    new RigError("driver-unreachable", "10.0.0.5 does not answer", { port: 80 }, { cause }),
  );
  t.strictSame(json()[0]?.["error"], {
    code: "driver-unreachable",
    message: "10.0.0.5 does not answer",
    facts: { port: 80 },
    cause: { code: "ECONNREFUSED", message: "connect ECONNREFUSED" },
  });
});

t.test("only a fault of our own comes with its stack", async (t) => {
  const { log, json } = open();
  log.error("x", {}, asRigError(new TypeError("y")));
  log.error("x", {}, new RigError("store-full", "z"));
  const [bug, full] = json();
  t.match(bug, { error: { code: "bug", stack: /log\.test/, cause: { name: "TypeError" } } });
  t.notMatch(JSON.stringify(full), "stack");
});

t.test("facts cannot replace the level or the message", async (t) => {
  const { log, json } = open();
  log.info("true", { level: "error", message: "false", at: 1, error: "none" });
  t.match(json()[0], {
    level: "info",
    message: "true",
    fact_level: "error",
    fact_message: "false",
    fact_at: 1,
    fact_error: "none",
  });
});

t.test("numbers that JSON cannot write are written as words", async (t) => {
  const { log, json } = open();
  log.info("x", { rate: Number.NaN, rest: Number.POSITIVE_INFINITY });
  t.match(json()[0], { rate: "NaN", rest: "Infinity" });
});

t.test("what is below the level is not written, and the level can change", async (t) => {
  const { log, lines } = open({ level: "warn" });
  const child = log.child({ stage: "a" });
  child.info("no");
  child.warn("yes");
  log.setLevel("debug");
  child.debug("now");
  t.equal(lines().length, 2);
});

t.test("on a terminal a line is for reading", async (t) => {
  const { log, lines } = open({ isTTY: true });
  log.warn(
    "a device is in outage",
    { device: "asic 1", code: "driver-timeout" },
    new RigError("driver-timeout", "no reply"),
  );
  t.strictSame(lines(), [
    '03:04:05.006 WARN  a device is in outage device="asic 1" code=driver-timeout: no reply (driver-timeout)',
  ]);
});

t.test("no text starts a line of its own or moves the cursor of a terminal", async (t) => {
  const { log, lines } = open({ format: "text" });
  const hostile = "a\n03:04:05 ERROR forged\u001b[2J\u202e";
  log.info("said", { by: hostile }, new Error(hostile));
  const written = lines();
  t.equal(written.length, 1);
  t.notMatch(written[0], /[\p{Cc}\p{Cf}]/u);
});

t.test("a cause that goes round in a circle ends", async (t) => {
  const { log, lines } = open();
  const error = new Error("a");
  error.cause = new Error("b", { cause: error });
  log.error("x", {}, error);
  t.equal(lines().length, 1);
});

t.test("a stream that is slow loses no line", async (t) => {
  const stream = new PassThrough({ highWaterMark: 16 });
  const log = openLog({ level: "info", format: "json", stream });
  for (let i = 0; i < 500; i += 1) log.info("line", { i });
  let text = "";
  for await (const chunk of stream) {
    text += String(chunk);
    if (text.split("\n").length > 500) break;
  }
  t.equal(text.split("\n").length, 501);
});
