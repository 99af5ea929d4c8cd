import { join } from "node:path";
import t, { type Test } from "tap";
import { runCommandLine } from "../../../support/command-io.ts";
import { deadAddress, httpPeer, type Peer, tcpPeer } from "../../../support/driver-peers.ts";
import { httpsPeer, selfSigned } from "../../../support/self-signed.ts";

const BOARD = {
  ASICModel: "BM1370",
  version: "v2.4.1",
  macAddr: "02:00:5E:00:53:07",
  hashRate: 1180.4,
  power: 17.5,
  temp: 61.5,
  fanrpm: 4300,
  fanspeed: 60,
  frequency: 525,
  sharesAccepted: 12,
  sharesRejected: 1,
  uptimeSeconds: 3700,
  hostname: "desk\u001b[31m",
};

async function board(t: Test, document: object = BOARD): Promise<Peer> {
  const peer = await httpPeer((request, response) => {
    response.statusCode = request.url === "/api/system/info" ? 200 : 404;
    response.end(JSON.stringify(document));
  });
  t.after(() => peer.close());
  return peer;
}

t.test("a device is found out and its readings are printed with units", async (t) => {
  const { address } = await board(t);
  const { code, out, err } = await runCommandLine("read", address);
  t.strictSame([code, err], [0, ""]);
  t.match(out, `${address}: read by axeos`);
  t.match(out, /hashrate +1\.18 TH\/s +sha256d/);
  t.match(out, /power +17\.5 W/);
  t.match(out, /chip_temperature +61\.5 °C/);
  t.match(out, /firmware +v2\.4\.1/);
  t.notMatch(out, "\u001b");
});

t.test("what a device should have said and did not is printed as a problem", async (t) => {
  const { temp: _, ...without } = BOARD;
  const { address } = await board(t, without);
  const { code, out } = await runCommandLine("read", address, "--driver", "axeos");
  t.equal(code, 0);
  t.match(out, "problem: chip_temperature: missing, absent (ask info)");
});

t.test(
  "one address that fails makes the exit 1, and the others are printed all the same",
  async (t) => {
    const [{ address }, dead] = [await board(t), await deadAddress()];
    const { code, out } = await runCommandLine("read", dead, address, "--json");
    const [first, second] = JSON.parse(out);
    t.equal(code, 1);
    t.match(first, { address: dead, error: { code: "driver-unreachable" } });
    t.match(second, { address, driver: "axeos", reports: [{ identity: { firmware: "v2.4.1" } }] });
  },
);

t.test("a device that says nothing is given up after the timeout", async (t) => {
  const peer = await tcpPeer(() => {});
  t.after(() => peer.close());
  const startedMs = performance.now();
  const { code, err } = await runCommandLine("read", peer.address, "--timeout", "300ms");
  t.equal(code, 1);
  t.match(err, "driver-timeout");
  t.ok(performance.now() - startedMs < 5000);
});

t.test("a login in an address is not printed", async (t) => {
  const dead = await deadAddress();
  for (const written of [`http://root:hunter2@${dead}/`, `root:hunter2@${dead}`]) {
    const plain = await runCommandLine("read", written);
    const json = await runCommandLine("read", written, "--json");
    t.notMatch(plain.out + plain.err + json.out + json.err, "hunter2", written.slice(0, 4));
    t.strictSame([plain.code, json.code], [1, 1]);
  }
});

t.test("wrong options are faults in words", async (t) => {
  const dir = t.testdir({});
  t.match((await runCommandLine("read", "127.0.0.1", "--timeout", "soon")).err, "is no duration");
  const { err } = await runCommandLine("read", "127.0.0.1", "--password-file", join(dir, "none"));
  t.match(err, "cannot be used: missing");
  t.match(
    (await runCommandLine("read", "127.0.0.1:1", "--driver", "nothing")).err,
    "there is no driver nothing",
  );
});

t.test("over TLS the certificate that is named is believed and no other", async (t) => {
  const own = selfSigned();
  const peer = await httpsPeer(
    own,
    (_request, response) => void response.end(JSON.stringify(BOARD)),
  );
  t.after(() => peer.close());
  const read = (...more: string[]): ReturnType<typeof runCommandLine> =>
    runCommandLine("read", `https://${peer.address}`, "--driver", "axeos", ...more);
  t.equal((await read("--fingerprint", own.fingerprint.toUpperCase())).code, 0);
  t.equal((await read()).code, 0);
  const other = await read("--fingerprint", "0".repeat(64));
  t.equal(other.code, 1);
  t.match(other.err, "driver-auth");
  t.match((await read("--fingerprint", "abc")).err, "is a SHA-256");
});
