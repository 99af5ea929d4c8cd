import fc from "fast-check";
import t from "tap";
import { checkBundle } from "../../../../agent/commands/verify/check-bundle.ts";
import { rigBundle, tokenBundle } from "../../../../coordinator/record/bundle.ts";
import { KNOWN } from "../../../../proto/attestation.ts";
import { toHex } from "../../../../proto/hex.ts";
import { leafOfRecord } from "../../../../proto/leaves.ts";
import {
  at,
  bundlerOf,
  closeDue,
  FROM,
  failed,
  type Json,
  token,
} from "../../../support/bundle-scene.ts";
import { DAY, deviceRow, GPU_A, GPU_B, openScene } from "../../../support/record-scene.ts";

/** A bundle with two devices, thirds, a gap, an idle device, a correction and a window that must not count. */
function fullScene(directory: string) {
  const scene = openScene(directory);
  const rig = scene.rig();
  const third = { fromTime: FROM, toTime: FROM + 1800n, denominator: 3n };
  rig.allocate({ tokenId: 1n, numerator: 1n, promisedHashrate: 9n, ...third });
  rig.allocate({ tokenId: 2n, numerator: 1n, ...third });
  rig.allocate({ tokenId: 1n, numerator: 1n, device: GPU_A, ...third });
  const idle = deviceRow({
    id: GPU_B,
    algorithm: "",
    known: 0,
    hashes: 0n,
    observedMilliseconds: 0,
    energyJoules: 0n,
    powerSource: 0,
    sharesAccepted: 0n,
    shareWork: 0n,
  });
  rig.attest({ windowStart: at(0) });
  closeDue(scene);
  rig.attest({ windowStart: at(3) }, DAY + 700);
  rig.attest({ windowStart: at(10), devices: [deviceRow(), deviceRow({ id: GPU_B })] });
  rig.attest({ windowStart: at(11), devices: [deviceRow({ hashes: 7n }), idle] });
  rig.attest({ windowStart: at(14), sequence: 6n });
  rig.attest({ windowStart: at(15), windowEnd: at(17) });
  closeDue(scene);
  const bundle = tokenBundle(bundlerOf(scene), token(1n), FROM + 600n);
  if (bundle === undefined) throw new Error("no bundle");
  const text = JSON.stringify(bundle);
  return { scene, rig, text, document: JSON.parse(text) as Json };
}

t.test("an honest bundle of a token holds in every link, with everything pinned", async (t) => {
  const { scene, rig, document } = fullScene(t.testdir());
  const pins = {
    rig: rig.signer.address,
    owner: rig.owner.address,
    coordinator: scene.coordinator.address,
    root: scene.db
      .prepare("SELECT root FROM epochs WHERE epoch_start = ?")
      .pluck()
      .get(DAY + 600) as string,
  };
  t.strictSame(failed(document, pins), []);
  const links = checkBundle(document, pins);
  t.match(links.find(({ name }) => name.endsWith(": previous"))?.about, /sequences 4 to 5 are not/);
  t.match(document["records"], [{ record: { correction: "666669", windowsCounted: "4" } }]);
});

t.test("a pin that is not what the bundle says fails, and its link says so", async (t) => {
  const { document } = fullScene(t.testdir());
  const other = `0x${"12".repeat(20)}`;
  t.match(failed(document, { rig: other })[0], /rig/);
  t.match(failed(document, { coordinator: other })[0], /coordinator/);
  t.match(failed(document, { owner: other })[0], /owner/);
  t.match(failed(document, { root: `0x${"12".repeat(32)}` })[0], /root/);
});

/** Every place of a document that holds text or a number, as a path. */
function leavesOf(value: unknown, path: readonly (string | number)[] = []): (string | number)[][] {
  if (Array.isArray(value)) return value.flatMap((member, i) => leavesOf(member, [...path, i]));
  if (typeof value === "object" && value !== null) {
    return Object.entries(value).flatMap(([key, member]) => leavesOf(member, [...path, key]));
  }
  return [[...path]];
}

function changed(
  text: string,
  path: readonly (string | number)[],
  change: (old: string) => unknown,
) {
  const document = JSON.parse(text) as Json;
  let parent = document as Record<string | number, unknown>;
  for (const step of path.slice(0, -1)) parent = parent[step] as Record<string | number, unknown>;
  const last = path.at(-1) ?? "";
  parent[last] = change(String(parent[last]));
  return document;
}

const flip = (old: string): string => {
  const end = old.slice(-1);
  return `${old.slice(0, -1)}${/[0-8]/.test(end) ? Number(end) + 1 : end === "9" ? "8" : end === "f" ? "e" : end === "e" ? "f" : `${end}0`}`;
};

t.test("no field of a bundle can be changed without a link that fails", async (t) => {
  const { text, document } = fullScene(t.testdir());
  const paths = leavesOf(document);
  t.ok(paths.length > 150, "the bundle has many fields");
  for (const path of paths) {
    t.not(failed(changed(text, path, flip)).length, 0, path.join("."));
  }
});

t.test("no hex digit or decimal digit anywhere can be changed unseen", async () => {
  const { text, document } = fullScene(t.testdir());
  const paths = leavesOf(document).filter((path) => path.length > 1);
  fc.assert(
    fc.property(fc.nat(), fc.nat(), fc.integer({ min: 1, max: 15 }), (which, where, by) => {
      const path = paths[which % paths.length] ?? [];
      const document = changed(text, path, (old) => {
        const start = old.startsWith("0x") ? 2 : 0;
        const spot = start + (where % Math.max(1, old.length - start));
        const digit = Number.parseInt(old[spot] ?? "", 16);
        const base = start === 2 ? 16 : 10;
        if (Number.isNaN(digit)) return `${old}0`;
        const next = (digit + (by % base || 1)) % base;
        return old.slice(0, spot) + next.toString(16) + old.slice(spot + 1);
      });
      return failed(document).length > 0;
    }),
    { numRuns: 40 },
  );
});

t.test("each lie is named by the link that it breaks", async (t) => {
  const { text } = fullScene(t.testdir());
  const first = (bundle: Record<string, Json[]>): Json => bundle["attestations"]?.[0] ?? {};
  const cases: [string, (bundle: Record<string, Json[]>) => void, RegExp][] = [
    [
      "another digest",
      (b) => Object.assign(first(b), { digest: `0x${"00".repeat(32)}` }),
      /digest/,
    ],
    [
      "a row is missing",
      (b) => (b["records"]?.[0]?.["rows"] as Json[] | undefined)?.pop(),
      /windowsRoot/,
    ],
    [
      "an attestation is missing",
      (b) => b["attestations"]?.splice(1, 1),
      /rows: the bundle has no/,
    ],
    [
      "an allocation is missing",
      (b) =>
        Object.assign(b, { allocations: b["allocations"]?.filter((a) => a["tokenId"] === "2") }),
      /rows: no allocation gives/,
    ],
    ["an attestation is there twice", (b) => b["attestations"]?.push(first(b)), /signed once/],
    ["a record is there twice", (b) => b["records"]?.push(b["records"][0] as Json), /one root/],
    ["a field nobody knows", (b) => Object.assign(b, { extra: 1 }), /shape/],
    ["a receipt is gone", (b) => Object.assign(first(b), { receipt: null }), /receipt/],
  ];
  for (const [about, lie, expected] of cases) {
    const document = JSON.parse(text) as Record<string, Json[]>;
    lie(document);
    t.match(failed(document).join("\n"), expected, about);
  }
});

t.test(
  "a record that its coordinator made up fails although leaf and root are right",
  async (t) => {
    const lies: [string, string, RegExp][] = [
      ["hashes", "1", /hashes/],
      ["correction", "7", /correction/],
      ["promised_hashes", "1", /promisedHashes/],
      ["energy_joules", "1", /energyJoules/],
      ["grade", "0", /grade/],
      ["windows_counted", "9", /windowsCounted/],
      ["windows_expected", "19", /windowsExpected|expectedSeconds/],
      ["observed_seconds", "1", /observedSeconds/],
    ];
    for (const [column, value, expected] of lies) {
      const { scene } = fullScene(t.testdir());
      scene.db.prepare(`UPDATE records SET ${column} = ?`).run(value);
      const { recordsIn } = await import("../../../../coordinator/record/record-rows.ts");
      for (const id of [1n, 2n]) {
        for (const record of recordsIn(scene.db, token(id), FROM + 600n)) {
          scene.db
            .prepare("UPDATE records SET leaf = ? WHERE token_id = ? AND epoch_start = ?")
            .run(toHex(leafOfRecord(record)), String(id), FROM + 600n);
        }
      }
      const bundle = tokenBundle(bundlerOf(scene), token(1n), FROM + 600n);
      const wrong = failed(JSON.parse(JSON.stringify(bundle))).join("\n");
      t.match(wrong, expected, column);
      t.notMatch(wrong, /leaf|proof/, `${column}: the tree itself is sound`);
    }
  },
);

t.test("a window that the coordinator left out is found in its own bundle", async (t) => {
  const { scene } = fullScene(t.testdir());
  scene.db.prepare("UPDATE judgements SET counted = 0 WHERE window_start = ?").run(at(11));
  const bundle = tokenBundle(bundlerOf(scene), token(1n), FROM + 600n);
  t.match(
    failed(JSON.parse(JSON.stringify(bundle))).join("\n"),
    /windows: gpu:a+ in 0x\w+ is left out/,
  );
});

t.test("epochs with two algorithms, with nothing mined and with two rigs hold", async (t) => {
  const scene = openScene(t.testdir());
  const [one, two] = [scene.rig(), scene.rig()];
  const zil = {
    algorithm: "zil",
    known: KNOWN.hashes,
    energyJoules: 0n,
    powerSource: 0,
    sharesAccepted: 0n,
    shareWork: 0n,
  };
  const all = { fromTime: FROM, toTime: FROM + 1800n, promisedHashrate: 3n };
  one.allocate({ tokenId: 1n, ...all });
  two.allocate({ tokenId: 1n, algorithm: "ethash", device: GPU_B, ...all });
  for (const window of [0, 1, 2]) {
    one.attest({ windowStart: at(window), devices: [deviceRow(), deviceRow(zil)] });
  }
  one.attest({ windowStart: at(3) });
  for (const epoch of [0n, 600n, 1200n]) {
    closeDue(scene);
    const bundle = tokenBundle(bundlerOf(scene), token(1n), FROM + epoch);
    const document = JSON.parse(JSON.stringify(bundle));
    t.match(
      document.records.map(({ record }: { record: Json }) => record),
      [
        { algorithm: "ethash", windowsExpected: "10", promisedHashes: "1800" },
        { algorithm: "kawpow", windowsExpected: "10", promisedHashes: "1800" },
        { algorithm: "zil", windowsExpected: epoch === 0n ? "9" : "10", promisedHashes: "1800" },
      ],
      `epoch ${epoch}`,
    );
    t.strictSame(failed(document), [], `epoch ${epoch}`);
  }
});

t.test("a rig's own export holds, and a page of it too", async (t) => {
  const { scene, rig } = fullScene(t.testdir());
  const { bundle, next } = rigBundle(bundlerOf(scene), rig.signer.address, FROM, FROM + 1800n, 3);
  t.equal(next, at(11));
  t.equal(bundle.attestations.length, 3);
  t.strictSame(failed(JSON.parse(JSON.stringify(bundle)), { rig: rig.signer.address }), []);
});

t.test("whatever a file holds, the answer is links", async (t) => {
  for (const garbage of [null, 1, "x", [], {}, { version: 2 }, { version: 1, attestations: {} }]) {
    t.match(failed(garbage), [/^bundle: shape/], JSON.stringify(garbage));
  }
  fc.assert(fc.property(fc.jsonValue(), (value) => failed(value).length > 0));
});
