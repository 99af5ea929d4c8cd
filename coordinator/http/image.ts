import type { KeptRecord } from "../record/record-rows.ts";
import type { Token } from "../record/token.ts";
import { algorithmText, amount, short } from "./format.ts";
import { type Html, html } from "./html.ts";
import type { Site } from "./site.ts";

const WIDTH = 350;
const BAR_TOP = 190;
const BAR_HEIGHT = 110;
const MOST_LINES = 3;

/** Bars of the epochs' hashes of one algorithm, oldest on the left, each against the greatest. */
function bars(records: readonly KeptRecord[], algorithm: string): Html[] {
  const own = records.filter((record) => record.algorithm === algorithm).toReversed();
  const most = own.reduce((max, { hashes }) => (hashes > max ? hashes : max), 1n);
  const step = (WIDTH - 48) / Math.max(own.length, 12);
  return own.map(({ hashes }, i) => {
    const height = Math.max(1, Number((hashes * BigInt(BAR_HEIGHT)) / most));
    const x = (24 + i * step).toFixed(1);
    const y = BAR_TOP + BAR_HEIGHT - height;
    return html`<rect x="${x}" y="${y}" width="${(step * 0.8).toFixed(1)}" height="${height}" rx="1.5" fill="#5cc9a0"/>`;
  });
}

/** A token's card as a data: URL of an SVG: totals by algorithm and the last epochs. */
export function imageOf(
  site: Site,
  token: Token,
  totals: readonly KeptRecord[],
  recent: readonly KeptRecord[],
): string {
  const lines = totals
    .slice(0, MOST_LINES)
    .map(
      ({ algorithm, cumulativeHashes }, i) =>
        html`<text x="24" y="${108 + i * 28}" font-size="20" fill="#ffffff">${amount(cumulativeHashes, "H")} <tspan fill="#a2a9b6" font-size="14">${algorithmText(algorithm)}</tspan></text>`,
    );
  const nothing =
    totals.length === 0
      ? html`<text x="24" y="108" font-size="16" fill="#a2a9b6">no epoch is closed yet</text>`
      : undefined;
  const mark = site.settings.simulated
    ? html`<text x="24" y="330" font-size="14" font-weight="700" fill="#f0b15a">SIMULATED</text>`
    : undefined;
  const { markup } =
    html`<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} 350" font-family="system-ui,sans-serif"><rect width="${WIDTH}" height="350" rx="18" fill="#14161a"/><text x="24" y="46" font-size="22" font-weight="700" fill="#e8eaee">Rig record #${short(String(token.tokenId))}</text><text x="24" y="70" font-size="12" fill="#a2a9b6">${short(token.collection)} on chain ${site.settings.chainId}</text>${lines}${nothing}${bars(recent, recent[0]?.algorithm ?? "")}${mark}</svg>`;
  return `data:image/svg+xml;base64,${Buffer.from(markup, "utf8").toString("base64")}`;
}
