import t, { type Test } from "tap";
import { Guard } from "../../../../agent/attest/guard.ts";
import { recoverSigner, type Signer, signerFor } from "../../../../agent/attest/signer.ts";
import { Chain } from "../../../../agent/store/chain.ts";
import { openDatabase } from "../../../../agent/store/open.ts";
import { digestOf, FLAG, type Statement } from "../../../../proto/attestation.ts";
import { fromHex, ZERO_32 } from "../../../../proto/hex.ts";
import { sealFor } from "../../../../proto/typed-data.ts";
import { decodeAttestation } from "../../../../proto/wire.ts";

const SIGNER = signerFor(fromHex(`0x${"07".repeat(32)}`)) as Signer;
const SEAL = sealFor(5n);
const COORDINATOR = `0x${"cc".repeat(20)}` as const;
const statement = (window: number): Statement => ({
  windowStart: BigInt(window * 600),
  windowEnd: BigInt(window * 600 + 600),
  flags: 0,
  samplesRoot: ZERO_32,
  evidenceRoot: ZERO_32,
  devices: [],
});

function make(t: Test, signer: Signer = SIGNER) {
  const db = openDatabase(t.testdir({}));
  t.after(() => db.close());
  const chain = new Chain(db);
  const guardWith = (key: Signer): Guard =>
    new Guard({ chain, seal: SEAL, rig: SIGNER.address, coordinator: COORDINATOR, signer: key });
  return { chain, guard: guardWith(signer), guardWith };
}

t.test(
  "attestations form a chain, each signed by the rig's key over the digest that is stored",
  async (t) => {
    const { chain, guard } = make(t);
    for (const window of [1, 2, 3]) guard.attest(statement(window), 9, ZERO_32);
    const sent = chain.unanswered(undefined, 10).map(({ body }) => decodeAttestation(body));
    t.same(
      sent.map(({ attestation }) => attestation.sequence),
      [0n, 1n, 2n],
    );
    let previous: string = ZERO_32;
    for (const { attestation, signature } of sent) {
      const digest = digestOf(SEAL, attestation);
      t.equal(attestation.previous, previous);
      t.equal(recoverSigner(digest, signature), SIGNER.address);
      previous = digest;
    }
  },
);

t.test("nothing is signed without an era, and no window twice", async (t) => {
  const { chain, guard } = make(t);
  t.throws(() => guard.attest(statement(1), 0, ZERO_32), { code: "attest-no-era" });
  guard.attest(statement(1), 9, ZERO_32);
  t.throws(() => guard.attest(statement(1), 10, ZERO_32), { code: "attest-window-signed" });
  t.equal(chain.unanswered(undefined, 10).length, 1);
});

t.test(
  "a crash between the place and the signature is mended by signing the same bytes",
  async (t) => {
    const dying: Signer = {
      address: SIGNER.address,
      sign: () => {
        throw new Error("power cut");
      },
    };
    const { chain, guard, guardWith } = make(t, dying);
    t.throws(() => guard.attest(statement(1), 9, ZERO_32), /power cut/);
    t.equal(chain.unanswered(undefined, 10).length, 0, "nothing unsigned is ever sent");
    const digest = chain.head()?.digest;
    t.equal(guardWith(SIGNER).finish(), 1);
    t.equal(guardWith(SIGNER).finish(), 0);
    const [sent] = chain.unanswered(undefined, 10);
    t.equal(sent?.digest, digest);
    t.equal(
      recoverSigner(
        sent?.digest ?? ZERO_32,
        decodeAttestation(sent?.body ?? new Uint8Array()).signature,
      ),
      SIGNER.address,
    );
  },
);

t.test("the first attestation after a loss says so, the next does not", async (t) => {
  const { chain, guard } = make(t);
  chain.adopt({ sequence: 7n, digest: `0x${"ab".repeat(32)}` });
  guard.attest(statement(1), 9, ZERO_32);
  guard.attest(statement(2), 9, ZERO_32);
  const sent = chain
    .unanswered(undefined, 10)
    .map(({ body }) => decodeAttestation(body).attestation);
  t.same(
    sent.map(({ sequence, flags }) => [sequence, flags]),
    [
      [8n, FLAG.afterLoss],
      [9n, 0],
    ],
  );
  t.equal(sent[0]?.previous, `0x${"ab".repeat(32)}`);
});

t.test("a stored attestation that does not match its digest is not signed", async (t) => {
  const { chain, guard } = make(t);
  chain.reserve({ start: 0n, end: 600n }, () => ({
    era: 1,
    sequence: 0n,
    digest: `0x${"ee".repeat(32)}`,
    body: encoded(),
  }));
  t.throws(() => guard.finish(), { code: "store-failed" });

  function encoded(): Uint8Array {
    const other = make(t);
    other.guard.attest(statement(1), 9, ZERO_32);
    return other.chain.unanswered(undefined, 1)[0]?.body ?? new Uint8Array();
  }
});
