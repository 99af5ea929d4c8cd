import { recordFields } from "../record/bundle.ts";
import {
  type KeptRecord,
  newestEpochOf,
  newestPerAlgorithm,
  recordsIn,
  recordsOf,
} from "../record/record-rows.ts";
import { GRADES } from "../record/tally.ts";
import type { Token } from "../record/token.ts";
import { algorithmText, amount } from "./format.ts";
import { imageOf } from "./image.ts";
import { type Site, tokenPath } from "./site.ts";

const BARS = 24;

interface Attribute {
  readonly trait_type: string;
  readonly value: string | number;
  readonly display_type?: "number" | "date";
  readonly max_value?: number;
}

const text = (trait_type: string, value: string): Attribute => ({ trait_type, value });
const count = (trait_type: string, value: number, max_value?: number): Attribute => ({
  display_type: "number",
  trait_type,
  value,
  ...(max_value === undefined ? {} : { max_value }),
});

function recordAttributes(record: KeptRecord, several: boolean): Attribute[] {
  const of = several ? ` (${algorithmText(record.algorithm)})` : "";
  return [
    text("Algorithm", algorithmText(record.algorithm)),
    text(`Delivered in total${of}`, amount(record.cumulativeHashes, "H")),
    text(`Delivered in the last epoch${of}`, amount(record.hashes, "H")),
    ...(record.promisedHashes === 0n
      ? []
      : [text(`Promised for the last epoch${of}`, amount(record.promisedHashes, "H"))]),
    count(`Windows counted${of}`, record.windowsCounted, record.windowsExpected),
    text(`Grade${of}`, `${record.grade}: ${GRADES[record.grade] ?? "reserved"}`),
  ];
}

/** ERC-721 metadata of a token, drawn from its records. https://eips.ethereum.org/EIPS/eip-721 */
export function metadataOf(site: Site, token: Token): object {
  const { db, settings } = site;
  const path = tokenPath(site, token);
  const newest = newestEpochOf(db, token);
  const latest = newest === undefined ? [] : recordsIn(db, token, newest);
  const totals = newestPerAlgorithm(db, token);
  const mark = settings.simulated ? "Simulated " : "";
  const [first] = latest;
  return {
    name: `${mark}Rig record #${token.tokenId}`,
    description:
      `${settings.simulated ? "Simulated: these devices do not exist. " : ""}What mining devices delivered for this token, ` +
      "signed by the rig that measured it. Each figure can be checked offline from the bundle of its epoch.",
    image: imageOf(site, token, totals, recordsOf(db, token, BARS)),
    external_url: `${site.base()}/tokens/${path}`,
    attributes: [
      ...latest.flatMap((record) => recordAttributes(record, latest.length > 1)),
      ...(first === undefined
        ? []
        : [
            {
              display_type: "date" as const,
              trait_type: "Last epoch ended",
              value: Number(first.epochEnd),
            },
          ]),
      ...(settings.simulated ? [text("Simulated", "yes")] : []),
    ],
    simulated: settings.simulated,
    chain_id: settings.chainId,
    collection: token.collection,
    token_id: token.tokenId,
    coordinator: site.coordinator,
    records: latest.map((record) => ({
      record: recordFields(record),
      leaf: record.leaf,
      ...site.bundler.proofs.proofOf(record),
    })),
    totals: totals.map(({ algorithm, cumulativeHashes }) => ({ algorithm, cumulativeHashes })),
    epochs: `${site.base()}/nft/${path}/epochs`,
    ...(newest === undefined ? {} : { bundle: `${site.base()}/nft/${path}/epochs/${newest}` }),
  };
}
