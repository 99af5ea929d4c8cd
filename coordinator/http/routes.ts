import { type Answer, json, notFound, page } from "./answer.ts";
import { indexPage } from "./index-page.ts";
import type { Asked } from "./query.ts";
import { rigAnswer, rigAttestations, rigPageAnswer, rigsAnswer } from "./rig-routes.ts";
import type { Site } from "./site.ts";
import {
  epochAnswer,
  epochsAnswer,
  metadataAnswer,
  tokenPageAnswer,
  tokensAnswer,
} from "./token-routes.ts";

/** Who may read it, and what it answers. Throws a BadRequest for what cannot be read. */
export interface Route {
  readonly open: boolean;
  answer(site: Site, asked: Asked): Answer | Promise<Answer>;
}

type Named = Readonly<Record<string, string>>;
type Row = readonly [
  pattern: string,
  open: boolean,
  answer: (site: Site, named: Named, asked: Asked) => Answer | Promise<Answer>,
];

const ROUTES: readonly Row[] = [
  ["", false, (site) => page(indexPage(site))],
  ["healthz", true, (site) => health(site)],
  ["nft/:chain/:collection/:token", true, metadataAnswer],
  ["nft/:chain/:collection/:token/epochs", true, epochsAnswer],
  ["nft/:chain/:collection/:token/epochs/:epoch", true, epochAnswer],
  ["tokens/:chain/:collection/:token", true, tokenPageAnswer],
  ["rigs/:rig", false, rigPageAnswer],
  ["api/tokens", false, tokensAnswer],
  ["api/rigs", false, rigsAnswer],
  ["api/rigs/:rig", false, rigAnswer],
  ["api/rigs/:rig/attestations", false, rigAttestations],
];

function health({ keeper, settings }: Site): Answer {
  const { lastEpoch, fault } = keeper.status();
  const ok = fault === undefined;
  const why = ok ? {} : { why: "no epoch can be closed; the log says why" };
  const answer = json({ ok, ...why, simulated: settings.simulated, lastEpoch }, ok ? 200 : 503);
  return { ...answer, keep: "never" };
}

function matched(pattern: string, segments: readonly string[]): Named | undefined {
  const wanted = pattern.split("/");
  if (wanted.length !== segments.length) return undefined;
  const named: Record<string, string> = {};
  for (const [i, part] of wanted.entries()) {
    const segment = segments[i] ?? "";
    if (part.startsWith(":")) named[part.slice(1)] = segment;
    else if (part !== segment) return undefined;
  }
  return named;
}

/** The route of a path. What is under a public folder is public also where there is nothing. */
export function findRoute({ segments }: Asked): Route {
  for (const [pattern, open, answer] of ROUTES) {
    const named = matched(pattern, segments);
    if (named !== undefined) return { open, answer: (site, asked) => answer(site, named, asked) };
  }
  const open = segments[0] === "nft" || segments[0] === "tokens";
  return { open, answer: () => notFound("such page") };
}
