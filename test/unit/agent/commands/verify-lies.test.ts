import { randomBytes } from "node:crypto";
import { secp256k1 } from "@noble/curves/secp256k1.js";
import t from "tap";
import { checkBundle } from "../../../../agent/commands/verify/check-bundle.ts";
import { restsOnTrust } from "../../../../agent/commands/verify/trust.ts";
import { createSigner } from "../../../../coordinator/verify/signature.ts";
import { KNOWN } from "../../../../proto/attestation.ts";
import { fromHex, type Hex, toHex, ZERO_32 } from "../../../../proto/hex.ts";
import { messageDigest } from "../../../../proto/messages.ts";
import {
  at,
  closeDue,
  documentOf,
  FROM,
  failed,
  type Json,
  lie,
} from "../../../support/bundle-scene.ts";
import { DAY, deviceRow, GPU_B, openScene } from "../../../support/record-scene.ts";

const ALL = { fromTime: FROM, toTime: FROM + 6000n };
const NO_SHARES = { sharesAccepted: 0n, shareWork: 0n };
const NOTHING = {
  hashes: "0",
  energyJoules: "0",
  observedSeconds: "0",
  grade: "0",
  windowsCounted: "0",
  windowsRoot: ZERO_32,
};

/** A rig whose ten windows of an epoch are all one token's. */
function delivered(directory: string) {
  const scene = openScene(directory);
  const rig = scene.rig();
  rig.allocate({ tokenId: 1n, algorithm: "kawpow", ...ALL });
  for (let i = 0; i < 10; i += 1) rig.attest({ windowStart: at(i) });
  closeDue(scene);
  const pins = {
    rig: rig.signer.address,
    owner: rig.owner.address,
    coordinator: scene.coordinator.address,
  };
  return { scene, rig, pins, document: documentOf(scene, 1n, FROM) };
}

const failures = (document: unknown, pins = {}): string => failed(document, pins).join("\n");

t.test("windows cannot be made not to count by another length in the record", async (t) => {
  const { document, pins } = delivered(t.testdir());
  t.strictSame(failed(document, pins), []);
  const other = { ...NOTHING, cumulativeHashes: "0", windowsExpected: "1", expectedSeconds: "600" };
  lie(document, other);
  Object.assign(document.records[0] ?? {}, { rows: [] });
  t.match(failures(document, pins), /windows: gpu:a+ in 0x\w+ is left out/);
  t.match(failures(document, pins), /expectedSeconds: the record's is 600, and 60 was found/);
  document.windowSeconds = "600";
  t.match(
    failures(document, pins),
    /windows of 0x\w+: length: sequences 0, 1, .*, 9 are not 600 s long and count nothing: most/,
  );
});

t.test("a window's length is one that the protocol has", async (t) => {
  const { document } = delivered(t.testdir());
  for (const length of ["0", "61", "-60", "060", "1e1", "", 60, null]) {
    Object.assign(document, { windowSeconds: length });
    t.match(failures(document), /^bundle: shape: windowSeconds/, String(length));
  }
});

t.test("a row cannot be counted again as a correction of the next epoch", async (t) => {
  const { document, pins } = delivered(t.testdir());
  const again = structuredClone(document);
  const { hashes = "" } = document.records[0]?.record ?? {};
  lie(again, {
    ...NOTHING,
    epochStart: String(FROM + 600n),
    epochEnd: String(FROM + 1200n),
    windowsRoot: document.records[0]?.record["windowsRoot"] ?? "",
    correction: hashes,
    cumulativeHashes: String(2n * BigInt(hashes)),
  });
  t.match(
    failures(again, pins),
    /rows: 0x\w+ is a correction, although it was received before its own epoch ended/,
  );
  document.records.push(...again.records);
  t.match(failures(document, pins), /records: counted once: gpu:a+ in 0x\w+ counts in more than/);
});

t.test("what came late is a correction only after the end of its own epoch", async (t) => {
  const scene = openScene(t.testdir());
  const rig = scene.rig();
  rig.allocate({ tokenId: 1n, ...ALL });
  rig.attest({ windowStart: at(0) });
  closeDue(scene);
  rig.attest({ windowStart: at(5) }, DAY + 600);
  closeDue(scene);
  t.strictSame(failed(documentOf(scene, 1n, FROM + 600n)), []);
});

t.test("a grade that no coordinator can give fails", async (t) => {
  const { document } = delivered(t.testdir());
  for (const grade of ["2", "3", "255"]) {
    lie(document, { grade });
    t.match(failures(document), new RegExp(`grade: the record's is ${grade}, and no coordinator`));
  }
});

t.test("an epoch that is none ends the check and not the checker", async (t) => {
  const { document } = delivered(t.testdir());
  const epochs: [string, string, RegExp][] = [
    [String(FROM), String((1n << 64n) - 1n), /epoch: it is no multiple of 60 s/],
    ["0", String((((1n << 64n) - 1n) / 60n) * 60n), /epoch: it has more windows/],
    [String(FROM), String(FROM), /epoch: it ends before it begins/],
    [String(FROM + 600n), String(FROM), /epoch: it ends before it begins/],
    [String(FROM + 60n), String(FROM + 660n), /epoch: its start is not on the grid/],
  ];
  for (const [epochStart, epochEnd, expected] of epochs) {
    const other = structuredClone(document);
    lie(other, { epochStart, epochEnd, windowsExpected: "1", expectedSeconds: "1" });
    t.match(failures(other), expected);
  }
  // As long as a record can name: nothing may walk through it window by window.
  document.windowSeconds = "1";
  lie(document, { epochStart: "0", epochEnd: String(1n << 31n) });
  t.match(failures(document), /windowsExpected/);
});

t.test("names that cannot be digested are faults of shape", async (t) => {
  const { document } = delivered(t.testdir());
  const changes: [string, (bundle: typeof document) => object | undefined, object][] = [
    ["device", (b) => b.attestations[0]?.statement.devices[0], { id: "\ud800" }],
    ["algorithm", (b) => b.attestations[0]?.statement.devices[0], { algorithm: "\udfff" }],
    ["allocation", (b) => b.allocations[0], { device: "gpu:x" }],
    ["record", (b) => b.records[0]?.record, { algorithm: "KawPow" }],
    ["row", (b) => b.records[0]?.rows[0], { device: "" }],
  ];
  for (const [about, place, change] of changes) {
    const other = structuredClone(document);
    Object.assign(place(other) ?? {}, change);
    t.match(failed(other), [/^bundle: shape/], about);
  }
});

t.test("a document that cannot even be read gives a link that says so", async (t) => {
  const { document } = delivered(t.testdir());
  Object.defineProperty(document, "records", {
    enumerable: true,
    get: () => {
      throw new Error("no such page");
    },
  });
  t.match(failed(document), [/^bundle: check: .*no such page/]);
});

t.test("a pin that nothing was compared with fails", async (t) => {
  const { document, pins } = delivered(t.testdir());
  const empty = structuredClone(document);
  Object.assign(empty, { rig: null, attestations: [], allocations: [] });
  lie(empty, { ...NOTHING, windowsExpected: "0", expectedSeconds: "0" });
  Object.assign(empty.records[0] ?? {}, { rows: [] });
  const wrong = failures(empty, pins);
  t.match(wrong, /pin: rig 0x\w+: nothing in the bundle is of it/);
  t.match(wrong, /pin: owner 0x\w+: no allocation in the bundle is by it/);
  t.match(wrong, /allocations: none here is the token's/);
  const unrecorded = { ...document, records: [], allocations: [] };
  t.match(failures(unrecorded, { root: ZERO_32 }), /pin: root 0x0+: no record in the bundle/);
});

t.test("several rigs and owners can be pinned, and all must be there", async (t) => {
  const scene = openScene(t.testdir());
  const rigs = [scene.rig("one"), scene.rig("two")];
  for (const rig of rigs) {
    rig.allocate({ tokenId: 1n, ...ALL });
    rig.attest({ windowStart: at(0) });
  }
  closeDue(scene);
  const document = documentOf(scene, 1n, FROM);
  const [one = "", two = ""] = rigs.map(({ signer }) => signer.address);
  const owner = rigs.map((rig) => rig.owner.address);
  t.strictSame(failed(document, { rig: [one, two], owner }), []);
  t.match(failures(document, { rig: one }), new RegExp(`pinned rig is ${one}, and ${two} was`));
  t.match(failures(document, { owner: owner.slice(1) }), /pinned owner is/);
  const third = `0x${"33".repeat(20)}`;
  t.match(failed(document, { rig: [one, two, third], owner }), [`pin: rig ${third}: `]);
  t.match(restsOnTrust(document, { rig: [one, two], owner }), /which of the pinned owners/);
});

/** A signature of a digest that is another one each time, as ECDSA allows. */
function signAnew(digest: Hex, key: Uint8Array): Hex {
  const options = { prehash: false, extraEntropy: true, format: "recovered" } as const;
  const [recovery = 0, ...rest] = secp256k1.sign(fromHex(digest), key, options);
  return toHex(Uint8Array.of(...rest, 27 + recovery));
}

t.test("an allocation is there twice whatever signature it has", async (t) => {
  const { document, scene } = delivered(t.testdir());
  const key = randomBytes(32);
  const owner = createSigner(key).address;
  const fields: Json = { ...document.allocations[0], owner };
  delete fields["signature"];
  const message = Object.entries(fields).map(([name, value]) => [
    name,
    /^\d+$/.test(String(value)) ? BigInt(String(value)) : value,
  ]);
  const digest = messageDigest(scene.seal, "Allocation", Object.fromEntries(message));
  document.allocations = [{ ...fields, signature: signAnew(digest, key) }];
  t.strictSame(failed(document), []);
  document.allocations.push({ ...fields, signature: signAnew(digest, key) });
  t.match(failures(document), /one owner: an allocation is in the bundle twice/);
  t.notMatch(failures(document), /allocation 1: owner/, "both signatures hold");
});

t.test("a break in the chain is named and costs nothing", async (t) => {
  const scene = openScene(t.testdir());
  const rig = scene.rig();
  rig.allocate({ tokenId: 1n, ...ALL });
  rig.attest({ windowStart: at(0), previous: `0x${"66".repeat(32)}` });
  rig.attest({ windowStart: at(1) });
  rig.attest({ windowStart: at(2), previous: `0x${"77".repeat(32)}` });
  closeDue(scene);
  const document = documentOf(scene, 1n, FROM);
  t.match(document.records, [{ record: { windowsCounted: "3" } }]);
  t.strictSame(failed(document), []);
  const told = checkBundle(document).find(({ name }) => name.endsWith(": previous"))?.about;
  t.equal(told, "sequences 0, 2 name another one before them than is here");
});

t.test("a rig that names more algorithms than it can have counts until then", async (t) => {
  const scene = openScene(t.testdir());
  const rig = scene.rig();
  rig.allocate({ tokenId: 1n, algorithm: "kawpow", ...ALL });
  const second = { known: KNOWN.hashes, energyJoules: 0n, powerSource: 0 };
  for (let i = 0; i < 10; i += 1) {
    const names = [1, 2, 3, 4].map((k) => `x${i}-${k}`);
    const others = names.map((algorithm) => deviceRow({ algorithm, ...second, ...NO_SHARES }));
    rig.attest({ windowStart: at(i), devices: [deviceRow(), ...others] });
  }
  closeDue(scene);
  const document = documentOf(scene, 1n, FROM);
  t.match(document.records, [{ record: { windowsCounted: "7", windowsExpected: "10" } }]);
  t.strictSame(failed(document), []);
  const told = checkBundle(document).find(({ name }) => name.endsWith(": windows"))?.about;
  t.match(told, /^sequence 7 counts nothing: its rig named more devices than it can have; seq/);
});

t.test("a silent rig's devices are as many as its coordinator remembers", async (t) => {
  const scene = openScene(t.testdir());
  const rig = scene.rig();
  rig.allocate({ tokenId: 1n, numerator: 1n, denominator: 2n, ...ALL });
  rig.attest({ windowStart: at(0), devices: [deviceRow(), deviceRow({ id: GPU_B })] });
  closeDue(scene);
  closeDue(scene);
  const document = documentOf(scene, 1n, FROM + 600n);
  t.match(document.records, [{ record: { windowsExpected: "20" } }]);
  t.strictSame(failed(document), []);
  t.match(restsOnTrust(document, {}).join("\n"), /how many devices a rig has that listed none/);
  lie(document, { windowsExpected: "19", expectedSeconds: "1140" });
  t.match(failures(document), /windowsExpected: the record's is 19, and 0 to 0 and any multiple/);
});
