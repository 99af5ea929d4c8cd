import type { ChildProcess } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import t, { type Test } from "tap";
import { makeNetwork, networkObstacle } from "../../scripts/network/namespace.ts";

const ROOT = join(import.meta.dirname, "../..");
const obstacle = networkObstacle();
const ANSWERING = 50;

async function textOf(child: ChildProcess): Promise<{ out: string; err: string; code: number }> {
  let [out, err] = ["", ""];
  child.stdout?.on("data", (chunk: Buffer) => {
    out += chunk.toString();
  });
  child.stderr?.on("data", (chunk: Buffer) => {
    err += chunk.toString();
  });
  const [code] = (await once(child, "close")) as [number];
  return { out, err, code };
}

/** A network of 254 addresses of which 50 answer and the others drop what is sent to them. */
async function site(t: Test) {
  const network = makeNetwork(24, ANSWERING);
  t.after(() => network.remove());
  const answering = network.answer(
    process.execPath,
    [join(ROOT, "scripts/network/answering.ts"), ...network.addresses],
    { stdio: ["pipe", "pipe", "inherit"] },
  );
  const gone = once(answering, "close");
  t.after(async () => {
    answering.stdin?.end();
    await gone;
  });
  await once(answering.stdout as NodeJS.ReadableStream, "data");
  return network;
}

t.test(
  "a network of which most is silent is searched, and what answers is known",
  { skip: obstacle ?? false },
  async (t) => {
    const network = await site(t);
    const startedMs = performance.now();
    const words = ["agent/main.ts", "discover", network.cidr, "--json"];
    const run = network.look(process.execPath, words, { cwd: ROOT });
    const { out, err, code } = await textOf(run);
    t.comment(
      `a /24 with ${ANSWERING} answering in ${Math.round(performance.now() - startedMs)} ms`,
    );
    t.equal(err, "");
    t.equal(code, 0);
    const { devices, unread } = JSON.parse(out);
    const remote = devices.filter(({ address }: { address: string }) => address !== "local");
    const of = (driver: string): string[] =>
      remote
        .filter((device: { driver: string }) => device.driver === driver)
        .map(({ address }: { address: string }) => address);
    const at = (...kinds: number[]): string[] =>
      network.addresses.filter((_, n) => kinds.includes(n % 5));
    t.strictSame(of("antminer"), at(0, 2));
    t.strictSame(of("axeos"), at(1, 3));
    t.equal(remote.length, 40, "and nothing else is taken for a miner");
    t.strictSame(
      unread
        .map(({ address, code: why }: { address: string; code: string }) => [address, why])
        .sort(),
      at(4)
        .map((address) => [address, "driver-unknown"])
        .sort(),
      "what answers and is no miner is told",
    );
    t.equal(
      new Set(remote.map((device: { known_by: { value: string } }) => device.known_by.value)).size,
      40,
    );
  },
);
