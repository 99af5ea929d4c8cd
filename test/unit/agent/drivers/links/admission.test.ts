import t from "tap";
import { RigError } from "../../../../../agent/core/errors.ts";
import { Admission, Admissions, type Tried } from "../../../../../agent/drivers/links/admission.ts";
import { codeOf } from "../../../../support/driver-peers.ts";
import { FakeClock } from "../../../../support/fakes.ts";

const never = new AbortController().signal;
const refuse = async (): Promise<Tried<string>> => ({ got: "no", refused: true });
const letIn = async (): Promise<Tried<string>> => ({ got: "in", refused: false });

t.test("while a first try is not answered one other is sent, and no more", async (t) => {
  const clock = new FakeClock();
  const admission = new Admission(clock, "d");
  const answers: ((tried: Tried<string>) => void)[] = [];
  const attempt = (): Promise<Tried<string>> => {
    const { promise, resolve } = Promise.withResolvers<Tried<string>>();
    answers.push(resolve);
    return promise;
  };
  const all = Array.from({ length: 10 }, () => codeOf(admission.through(attempt, never)));
  t.equal(answers.length, 1);
  await clock.advanceSlowly(4000);
  t.equal(answers.length, 2);
  for (const answer of answers) answer({ got: "no", refused: true });
  const codes = await Promise.all(all);
  t.equal(codes.filter((code) => code === "driver-auth").length, 8, "the others are told");
  t.equal(answers.length, 2);
});

t.test("a try without a verdict leaves its place to one of those who wait", async (t) => {
  const admission = new Admission(new FakeClock(), "d");
  let [sent, atOnce, most] = [0, 0, 0];
  const attempt = async (): Promise<Tried<string>> => {
    sent += 1;
    atOnce += 1;
    most = Math.max(most, atOnce);
    await new Promise((resolve) => setImmediate(resolve));
    atOnce -= 1;
    throw new RigError("driver-unreachable", "nobody there");
  };
  const all = Array.from({ length: 5 }, () => codeOf(admission.through(attempt, never)));
  t.strictSame(await Promise.all(all), Array(5).fill("driver-unreachable"));
  t.strictSame([sent, most], [5, 1]);
});

t.test("an ask that is given up while it waits is not sent", async (t) => {
  const admission = new Admission(new FakeClock(), "d");
  const first = Promise.withResolvers<Tried<string>>();
  const trying = admission.through(() => first.promise, never);
  const abort = new AbortController();
  let sent = 0;
  const waiting = codeOf(
    admission.through(() => {
      sent += 1;
      return letIn();
    }, abort.signal),
  );
  abort.abort();
  t.equal(await waiting, "AbortError");
  first.resolve({ got: "in", refused: false });
  t.equal(await trying, "in");
  t.equal(sent, 0);
});

t.test(
  "two refusals of a name at an address make every way rest, but one that is in",
  async (t) => {
    const clock = new FakeClock();
    const admissions = new Admissions(clock);
    const way = (name: string, user = "root", place = "d:80"): Admission =>
      admissions.of(place, name, user);
    await way("0").through(letIn, never);
    t.equal(await codeOf(way("1").through(refuse, never)), "none");
    t.equal(await codeOf(way("2").through(refuse, never)), "none");
    t.equal(await codeOf(way("3").through(letIn, never)), "driver-auth");
    t.equal(await way("0").through(letIn, never), "in");
    t.equal(
      await way("4", "root").through(letIn, never),
      "in",
      "which shows that the name is right",
    );
    t.equal(await way("5", "admin").through(letIn, never), "in");
    t.equal(await way("1", "root", "e:80").through(letIn, never), "in");
  },
);
