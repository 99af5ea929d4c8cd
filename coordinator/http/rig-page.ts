import type { RigRow } from "../fleet/row.ts";
import { type KeptAllocation, rigAllocations } from "../record/allocation-rows.ts";
import { VERDICTS } from "../record/verdicts.ts";
import { amount, instant, short } from "./format.ts";
import { type Html, html } from "./html.ts";
import { layout } from "./layout.ts";
import {
  recentAttestations,
  recentRefusals,
  rigState,
  type SeenAttestation,
  type SeenRefusal,
} from "./rig-view.ts";
import { type Site, tokenPath } from "./site.ts";

const ROWS = 30;

function verdictText(verdict: string): Html {
  const about = (VERDICTS as Readonly<Record<string, { about: string }>>)[verdict]?.about;
  return html` <span title="${about ?? ""}">${verdict}</span>`;
}

function judged({ counted, verdicts }: SeenAttestation): Html {
  if (counted === null) return html`its epoch is open`;
  return html`${counted ? "counted" : "not counted:"}${verdicts.map(verdictText)}`;
}

function attestationRow(seen: SeenAttestation): Html {
  return html`<tr><td>${seen.sequence}</td><td>${instant(seen.windowStart)}</td><td>${instant(seen.receivedAt)}</td><td>${judged(seen)}</td><td><code title="${seen.digest}">${short(seen.digest)}</code></td></tr>`;
}

function refusalRow({ sequence, code, firstAt, times }: SeenRefusal): Html {
  return html`<tr><td>${instant(firstAt)}</td><td>${sequence ?? "–"}</td><td>${code}</td><td>${times}</td></tr>`;
}

function allocationRow(site: Site, a: KeptAllocation): Html {
  const promised = a.promisedHashrate === 0n ? "nothing" : amount(a.promisedHashrate, "H/s");
  return html`<tr><td><a href="/tokens/${tokenPath(site, a)}">#${short(String(a.tokenId))}</a></td><td>${a.numerator}/${a.denominator}</td><td>${a.device === "" ? "each device" : short(a.device)}</td><td>${a.algorithm === "" ? "any" : a.algorithm}</td><td>${instant(a.fromTime)}</td><td>${instant(a.toTime)}</td><td>${promised}</td></tr>`;
}

function table(heads: readonly string[], rows: readonly Html[], empty: string): Html {
  if (rows.length === 0) return html`<p class="soft">${empty}</p>`;
  return html`<div class="wide"><table><thead><tr>${heads.map((head) => html`<th>${head}</th>`)}</tr></thead><tbody>${rows}</tbody></table></div>`;
}

/** A rig's page, for its operator. */
export function rigPage(site: Site, row: RigRow): string {
  const { rig, name, owner, key, head_sequence, last_seen_at, frozen_why } = row;
  const attestations = recentAttestations(site.db, rig, ROWS).map(attestationRow);
  const refusals = recentRefusals(site.db, rig, ROWS).map(refusalRow);
  const allocations = rigAllocations(site.db, rig, 0n).slice(-ROWS);
  const frozen =
    frozen_why === null ? undefined : html`<p class="banner">Frozen: ${frozen_why}</p>`;
  const content = html`<nav><a href="/">All rigs and tokens</a></nav>
<h1>${name}</h1><p class="soft"><code>${rig}</code></p>${frozen}
<div class="cards"><div class="card"><span class="soft">State</span><b>${rigState(row)}</b><small>last heard ${last_seen_at === null ? "never" : instant(last_seen_at)}</small></div>
<div class="card"><span class="soft">Newest sequence</span><b>${head_sequence ?? "none yet"}</b><small>era ${row.era}</small></div></div>
<p>Owner <code>${owner}</code><br>Signs with <code>${key}</code></p>
<h2>Newest attestations</h2>
${table(["Sequence", "Window from", "Received", "Judged", "Digest"], attestations, "Nothing came yet.")}
<p><a href="/api/rigs/${rig}/attestations">All of them as a bundle</a></p>
<h2>Allocations</h2>
${table(
  ["Token", "Fraction", "Device", "Algorithm", "From", "To", "Promised"],
  allocations.map((allocation) => allocationRow(site, allocation)),
  "No token has a share of this rig.",
)}
<h2>Refused</h2>
${table(["First", "Sequence", "Why", "Times"], refusals, "Nothing was refused.")}`;
  return layout(site, name, content);
}
