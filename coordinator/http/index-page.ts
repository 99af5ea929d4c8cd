import type { RigRow } from "../fleet/row.ts";
import { listTokens } from "../record/allocation-rows.ts";
import { newestPerAlgorithm } from "../record/record-rows.ts";
import type { Token } from "../record/token.ts";
import { algorithmText, amount, instant, short } from "./format.ts";
import { type Html, html } from "./html.ts";
import { layout } from "./layout.ts";
import { rigState, rigsAfter } from "./rig-view.ts";
import { type Site, tokenPath } from "./site.ts";

const ROWS = 100;

function tokenRow(site: Site, token: Token): Html {
  const totals = newestPerAlgorithm(site.db, token).map(
    ({ algorithm, cumulativeHashes }) =>
      html`${amount(cumulativeHashes, "H")} <small>${algorithmText(algorithm)}</small> `,
  );
  return html`<tr><td><a href="/tokens/${tokenPath(site, token)}">#${short(String(token.tokenId))}</a></td><td><code title="${token.collection}">${short(token.collection)}</code></td><td>${totals}</td></tr>`;
}

function rigRow(row: RigRow): Html {
  return html`<tr><td><a href="/rigs/${row.rig}">${row.name}</a></td><td>${rigState(row)}</td><td>${row.head_sequence ?? "–"}</td><td>${row.last_seen_at === null ? "never" : instant(row.last_seen_at)}</td></tr>`;
}

function rows(found: readonly Html[], heads: readonly string[], empty: string, all: string): Html {
  if (found.length === 0) return html`<p class="soft">${empty}</p>`;
  const more =
    found.length === ROWS
      ? html`<p>The first ${ROWS}; <a href="${all}">the list</a> has all.</p>`
      : undefined;
  return html`<div class="wide"><table><thead><tr>${heads.map((head) => html`<th>${head}</th>`)}</tr></thead><tbody>${found}</tbody></table></div>${more}`;
}

/** The operator's first page: tokens, rigs, and how far the records are. */
export function indexPage(site: Site): string {
  const { lastEpoch, fault } = site.keeper.status();
  const tokens = listTokens(site.db, ROWS).map((token) => tokenRow(site, token));
  const rigs = rigsAfter(site.db, "", ROWS).map(rigRow);
  const state =
    fault === undefined
      ? undefined
      : html`<p class="banner">An epoch cannot be closed; the log says why.</p>`;
  const content = html`<h1>Rig coordinator</h1><p class="soft"><code>${site.coordinator}</code> on chain ${site.settings.chainId}</p>${state}
<p>Newest closed epoch: ${lastEpoch === undefined ? "none yet" : `${instant(lastEpoch.start)} to ${instant(lastEpoch.end)}`}</p>
<h2>Tokens</h2>
${rows(tokens, ["Token", "Collection", "Delivered in total"], "No token has a share of a rig yet.", "/api/tokens")}
<h2>Rigs</h2>
${rows(rigs, ["Rig", "State", "Newest sequence", "Last heard"], "No rig is known yet.", "/api/rigs")}`;
  return layout(site, "Rig coordinator", content);
}
