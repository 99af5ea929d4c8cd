import { join } from "node:path";
import t, { type Test } from "tap";
import { at, closeDue, documentOf, FROM } from "../../../support/bundle-scene.ts";
import { runCommandLine } from "../../../support/command-io.ts";
import { openScene } from "../../../support/record-scene.ts";

/** Bundles of a token that two rigs work for, as files. */
function files(t: Test) {
  const scene = openScene(t.testdir());
  t.teardown(() => scene.db.close());
  const rigs = [scene.rig("one"), scene.rig("two")];
  for (const rig of rigs) {
    rig.allocate({ tokenId: 1n, fromTime: FROM, toTime: FROM + 600n });
    rig.attest({ windowStart: at(0) });
  }
  closeDue(scene);
  const document = documentOf(scene, 1n, FROM);
  const good = JSON.stringify(document);
  Object.assign(document.attestations[1]?.statement.devices[0] ?? {}, { hashes: "8" });
  const bad = JSON.stringify(document);
  const directory = t.testdir({ "good.json": good, "bad.json": bad, "empty.json": "" });
  return { rigs, path: (name: string) => join(directory, name) };
}

const verify = (...words: string[]) => runCommandLine("verify", ...words);

t.test("the command names the first link that fails and ends with 1", async (t) => {
  const { path } = files(t);
  const good = await verify(path("good.json"));
  t.equal(good.code, 0);
  t.match(good.out, /All \d+ links hold/);
  t.match(good.out, /rests on somebody's word:\n {2}- who they are: rig, coordinator, owner/);
  const wrong = await verify(path("bad.json"), "--json");
  t.equal(wrong.code, 1);
  const { ok, links } = JSON.parse(wrong.out);
  t.equal(ok, false);
  t.match(links.find((link: { ok: boolean }) => !link.ok).name, /^attestation 0 .*: digest$/);
});

t.test("rig and owner can be said several times, and each must be there", async (t) => {
  const { rigs, path } = files(t);
  const [one, two] = rigs.map((rig) => [
    "--rig",
    rig.signer.address.toUpperCase().replace("0X", "0x"),
    "--owner",
    rig.owner.address,
  ]);
  const both = await verify(...(one ?? []), path("good.json"), ...(two ?? []));
  t.equal(both.code, 0);
  t.match(both.out, /ok {6}pin: rig 0x[\s\S]*ok {6}pin: rig 0x/);
  const half = await verify(path("good.json"), ...(one ?? []));
  t.equal(half.code, 1);
  t.match(half.out, /the pinned rig is 0x\w+, and 0x\w+ was found/);
});

t.test("what is no file of ours, or no address, is said before anything is checked", async (t) => {
  const { path } = files(t);
  const wrong = [["empty.json"], ["absent.json"]];
  for (const pin of ["rig", "coordinator", "owner", "root"]) {
    wrong.push(["good.json", `--${pin}`, "me"]);
  }
  for (const [name = "", ...words] of wrong) {
    const { code, out, err } = await verify(path(name), ...words);
    t.not(code, 0, words.join(" "));
    t.equal(out, "", words.join(" "));
    t.match(err, /command-invalid/, words.join(" "));
  }
});
