import { type LedgerRead, NO_DIGEST, type Parties, type StoreRow } from "./ledger-reader.ts";

function repeated(values: readonly (number | string)[]): (number | string)[] {
  return values.filter((value, i) => values.indexOf(value) !== i);
}

/**
 * What is wrong with a ledger that should hold one unbroken chain: every sequence from 0 once, each window at most once
 * unless `windowsMayRepeat`, each `previous` the digest before it, every digest and signature right. Empty: nothing is.
 */
export function ledgerFaults(
  { rows, refusals, equivocations, frozen }: LedgerRead,
  parties: Parties,
  windowsMayRepeat = false,
): string[] {
  const faults: string[] = [];
  if (equivocations !== 0) faults.push(`there are ${equivocations} equivocations`);
  if (frozen) faults.push("the rig is frozen");
  rows.forEach(({ era, sequence, digest, previous, windowStart, said }, i) => {
    const before = rows[i - 1];
    const claim = (so: boolean, what: string): void => {
      if (!so) faults.push(`row ${i} (era ${era}, sequence ${sequence}): ${what}`);
    };
    claim(sequence === i, `sequence ${i} was expected`);
    claim(previous === (before?.digest ?? NO_DIGEST), "previous is not the digest before it");
    claim(before === undefined || before.era <= era, "its era is older than the one before");
    claim(said.previous === previous, "its bytes name another previous");
    claim(said.era === era && said.sequence === sequence, "its bytes name another place");
    claim(said.windowStart === windowStart, "its bytes name another window");
    claim(said.digest === digest, `its digest is ${said.digest}`);
    claim(said.rig === parties.rig, `it is of ${said.rig}`);
    claim(said.coordinator === parties.coordinator, `it is for ${said.coordinator}`);
    claim(said.signer === parties.rig, `it is signed by ${said.signer || "nobody"}`);
  });
  const twice = windowsMayRepeat ? [] : repeated(rows.map(({ windowStart }) => windowStart));
  if (twice.length > 0) faults.push(`windows that are there twice: ${twice.join(", ")}`);
  const held = new Set(rows.map(({ digest }) => digest));
  for (const { digest, code, sequence } of refusals) {
    if (!held.has(digest)) faults.push(`sequence ${sequence} was refused (${code}) and is missing`);
  }
  return faults;
}

/** What is wrong between a rig's own chain and the ledger: both should hold the same, each with a receipt at the rig. */
export function deliveryFaults(
  store: readonly StoreRow[],
  { rows }: LedgerRead,
  parties: Parties,
): string[] {
  const faults: string[] = [];
  const inLedger = new Map(rows.map(({ era, sequence, digest }) => [`${era}/${sequence}`, digest]));
  for (const { era, sequence, digest, signed, receipted, refusal, receipt, said } of store) {
    const claim = (so: boolean, what: string): void => {
      if (!so) faults.push(`the rig's era ${era}, sequence ${sequence}: ${what}`);
    };
    claim(signed && said.signer === parties.rig, "it is not signed by the rig");
    claim(said.digest === digest, "its digest is not that of its bytes");
    claim(receipted && refusal === null, `it has no receipt (${refusal ?? "no answer"})`);
    claim(receipt?.digest === digest, "its receipt is of another one");
    claim(receipt?.signer === parties.coordinator, "its receipt is not the coordinator's");
    claim(inLedger.get(`${era}/${sequence}`) === digest, "the ledger has not the same");
  }
  if (store.length !== rows.length)
    faults.push(`the rig holds ${store.length}, the ledger ${rows.length}`);
  const twice = repeated(store.map(({ windowStart }) => windowStart));
  if (twice.length > 0) faults.push(`the rig signed windows twice: ${twice.join(", ")}`);
  return faults;
}
