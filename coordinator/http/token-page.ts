import { tokenAllocations } from "../record/allocation-rows.ts";
import { type KeptRecord, newestPerAlgorithm, recordsOf } from "../record/record-rows.ts";
import { GRADES } from "../record/tally.ts";
import type { Token } from "../record/token.ts";
import { algorithmText, amount, instant, percent, short } from "./format.ts";
import { type Html, html } from "./html.ts";
import { imageOf } from "./image.ts";
import { layout } from "./layout.ts";
import { type Site, tokenPath } from "./site.ts";

const ROWS = 50;

function totalCard({ algorithm, cumulativeHashes, epochEnd }: KeptRecord): Html {
  return html`<div class="card"><span class="soft">${algorithmText(algorithm)}, in total</span><b>${amount(cumulativeHashes, "H")}</b><small>up to ${instant(epochEnd)}</small></div>`;
}

function correctionText(record: KeptRecord): Html | undefined {
  if (record.correction === 0n) return undefined;
  const sign = record.correction > 0n ? "+" : "";
  return html` <small>(${sign}${amount(record.correction, "H")} from before)</small>`;
}

function promisedText({ hashes, promisedHashes }: KeptRecord): string {
  if (promisedHashes === 0n) return "nothing";
  return `${amount(promisedHashes, "H")} (${percent(hashes, promisedHashes)})`;
}

function epochRow(record: KeptRecord, path: string): Html {
  const { windowsCounted, windowsExpected, grade, algorithm, epochStart } = record;
  return html`<tr><td><a href="/nft/${path}/epochs/${epochStart}">${instant(epochStart)}</a></td><td>${algorithmText(algorithm)}</td><td>${amount(record.hashes, "H")}${correctionText(record)}</td><td>${promisedText(record)}</td><td>${windowsCounted} of ${windowsExpected}</td><td>${percent(record.observedSeconds, record.expectedSeconds)}</td><td>${amount(record.energyJoules, "J")}</td><td>${grade}</td></tr>`;
}

function epochTable(records: readonly KeptRecord[], path: string): Html {
  if (records.length === 0) {
    return html`<p>No epoch is closed yet. The first record appears a while after the first epoch ends.</p>`;
  }
  const epochs = new Set(records.map(({ epochStart }) => epochStart));
  const last = records.at(-1)?.epochStart;
  const older =
    epochs.size === ROWS
      ? html`<p><a href="/tokens/${path}?before=${last}">Older epochs</a></p>`
      : undefined;
  return html`<div class="wide"><table><thead><tr><th>Epoch from</th><th>Algorithm</th><th>Delivered</th><th>Promised</th><th>Windows counted</th><th>Time seen</th><th>Energy</th><th>Grade</th></tr></thead><tbody>${records.map((record) => epochRow(record, path))}</tbody></table></div>${older}`;
}

function verifyHowTo(site: Site, path: string, newest: KeptRecord | undefined): Html {
  const epoch = newest === undefined ? "EPOCH" : String(newest.epochStart);
  const url = `${site.base()}/nft/${path}/epochs/${epoch}`;
  return html`<h2>Check it yourself</h2>
<p>Each epoch links to a bundle: the signed attestations, their receipts, the owner's allocations and the Merkle proof. It is checked offline:</p>
<pre>curl -o record.json ${url}
rig-agent verify record.json --coordinator ${site.coordinator}</pre>
<p class="soft">Add <code>--rig</code> and <code>--owner</code> with the addresses that you were told when you got the token. The coordinator of this site is <code>${site.coordinator}</code>.</p>`;
}

/** A token's page: what it was delivered, epoch by epoch, and how to check it. Public: rigs by address only. */
export function tokenPage(site: Site, token: Token, before?: bigint): string {
  const path = tokenPath(site, token);
  const totals = newestPerAlgorithm(site.db, token);
  const records = recordsOf(site.db, token, ROWS, before);
  const rigs = [...new Set(tokenAllocations(site.db, token).map(({ rig }) => rig))];
  const grades = GRADES.map((meaning, grade) => html`<li>${grade}: ${meaning}</li>`);
  const content = html`<h1>Token #${token.tokenId}</h1>
<p class="soft">of <code>${token.collection}</code> on chain ${site.settings.chainId}</p>
<div class="cards">${totals.map(totalCard)}</div>
<p><img src="${imageOf(site, token, totals, records)}" alt="Card of this token" width="240" height="240"></p>
<h2>Epochs</h2>
${epochTable(records, path)}
<p class="soft">A hash is one try of the algorithm; hashes of two algorithms are never added. Grades:</p>
<ul class="soft">${grades}</ul>
<h2>Worked for by</h2>
<p>${rigs.map((rig) => html`<code title="${rig}">${short(rig)}</code> `)}</p>
${verifyHowTo(site, path, records[0])}`;
  return layout(site, `Token #${token.tokenId}`, content);
}
