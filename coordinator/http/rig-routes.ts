import { asAddress, type Hex } from "../../proto/hex.ts";
import { getRig } from "../fleet/rigs.ts";
import type { RigRow } from "../fleet/row.ts";
import { rigAllocations } from "../record/allocation-rows.ts";
import { MOST_ATTESTATIONS, rigBundle } from "../record/bundle.ts";
import { type Answer, BadRequest, json, notFound, page } from "./answer.ts";
import { type Asked, afterOf, instantOf, limitOf } from "./query.ts";
import { rigPage } from "./rig-page.ts";
import { recentAttestations, recentRefusals, rigState, rigsAfter } from "./rig-view.ts";
import type { Site } from "./site.ts";

type Named = Readonly<Record<string, string>>;

const NO_RIG = notFound("such rig");
const RECENT = 50;

function addressIn(text: string): Hex | undefined {
  return /^0x[0-9a-fA-F]{40}$/.test(text) ? asAddress(text) : undefined;
}

function rigIn(site: Site, named: Named): RigRow | undefined {
  const rig = addressIn(named["rig"] ?? "");
  return rig === undefined ? undefined : getRig(site.db, rig);
}

function listed(site: Site, row: RigRow): object {
  const { rig, key, owner, name, era, version } = row;
  return {
    rig,
    key,
    owner,
    name,
    state: rigState(row),
    era,
    headSequence: row.head_sequence,
    headDigest: row.head_digest,
    addedAt: row.added_at,
    lastSeenAt: row.last_seen_at,
    frozenWhy: row.frozen_why,
    version,
    url: `${site.base()}/api/rigs/${rig}`,
    attestations: `${site.base()}/api/rigs/${rig}/attestations`,
    page: `${site.base()}/rigs/${rig}`,
  };
}

/** `/api/rigs`: the rigs, by address. */
export function rigsAnswer(site: Site, _named: Named, { query }: Asked): Answer {
  const limit = limitOf(query);
  const after = afterOf(query);
  if (after !== undefined && addressIn(after) === undefined) {
    throw new BadRequest("after must be the address of a rig.");
  }
  const rows = rigsAfter(site.db, after?.toLowerCase() ?? "", limit);
  const last = rows.at(-1)?.rig;
  const next =
    rows.length === limit ? { next: `${site.base()}/api/rigs?after=${last}&limit=${limit}` } : {};
  return json({
    simulated: site.settings.simulated,
    rigs: rows.map((row) => listed(site, row)),
    ...next,
  });
}

/** `/api/rigs/{rig}`: one rig, what it attested lately and what was refused. */
export function rigAnswer(site: Site, named: Named): Answer {
  const row = rigIn(site, named);
  if (row === undefined) return NO_RIG;
  return json({
    simulated: site.settings.simulated,
    ...listed(site, row),
    recent: recentAttestations(site.db, row.rig, RECENT),
    refusals: recentRefusals(site.db, row.rig, RECENT),
    allocations: rigAllocations(site.db, row.rig, 0n).slice(-RECENT),
  });
}

/** `/rigs/{rig}`: the same as a page. */
export function rigPageAnswer(site: Site, named: Named): Answer {
  const row = rigIn(site, named);
  return row === undefined ? NO_RIG : page(rigPage(site, row));
}

const END_OF_TIME = BigInt(Number.MAX_SAFE_INTEGER);

/** `/api/rigs/{rig}/attestations?from=&to=`: the bundle of section 9. A full page carries a Link header to the rest. */
export function rigAttestations(site: Site, named: Named, { query }: Asked): Answer {
  const row = rigIn(site, named);
  if (row === undefined) return NO_RIG;
  const from = instantOf(query, "from") ?? 0n;
  const to = instantOf(query, "to") ?? END_OF_TIME;
  if (from >= to) throw new BadRequest("from must be before to.");
  const limit = query.has("limit") ? limitOf(query) : MOST_ATTESTATIONS;
  const { bundle, next } = rigBundle(site.bundler, row.rig, from, to, limit);
  const answer = json(bundle);
  if (next === undefined) return answer;
  const here = `${site.base()}/api/rigs/${row.rig}/attestations`;
  const rest = `${here}?from=${next}&to=${to}&limit=${Math.min(limit, 500)}`;
  return { ...answer, headers: { Link: `<${rest}>; rel="next"` } };
}
