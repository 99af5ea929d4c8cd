import { chmodSync } from "node:fs";
import { join } from "node:path";
import t from "tap";
import { type PassphraseSources, readPassphrase } from "../../../../agent/attest/passphrase.ts";
import type { RigError } from "../../../../agent/core/errors.ts";

function codeOf(sources: PassphraseSources): string | undefined {
  try {
    readPassphrase(sources);
  } catch (error) {
    return (error as RigError).code;
  }
  return undefined;
}

t.test("the passphrase comes from its file, else from the systemd credential", async (t) => {
  const dir = t.testdir({ file: "from the file\n", "key-passphrase": "from systemd\n" });
  chmodSync(join(dir, "file"), 0o600);
  // How systemd's credentials look to stat: the group bits are the mask of an access control list.
  chmodSync(join(dir, "key-passphrase"), 0o440);
  const passphraseFile = join(dir, "file");
  t.equal(readPassphrase({ passphraseFile, credentialsDirectory: dir }), "from the file");
  t.equal(readPassphrase({ credentialsDirectory: dir }), "from systemd");
  chmodSync(join(dir, "key-passphrase"), 0o444);
  t.equal(codeOf({ credentialsDirectory: dir }), "key-exposed");
});

t.test("a passphrase that is absent, empty or exposed is a fault", async (t) => {
  const dir = t.testdir({ empty: "\n", open: "x" });
  chmodSync(join(dir, "empty"), 0o600);
  chmodSync(join(dir, "open"), 0o640);
  t.equal(codeOf({}), "key-passphrase");
  t.equal(codeOf({ passphraseFile: join(dir, "none") }), "key-passphrase");
  t.equal(codeOf({ passphraseFile: join(dir, "empty") }), "key-passphrase");
  t.equal(codeOf({ passphraseFile: join(dir, "open") }), "key-exposed");
});
