import { listTokens, tokenAllocations } from "../record/allocation-rows.ts";
import { recordFields } from "../record/bundle.ts";
import { type KeptRecord, newestEpochOf, recordsIn, recordsOf } from "../record/record-rows.ts";
import { parseToken, type Token } from "../record/token.ts";
import { type Answer, BadRequest, json, notFound, page } from "./answer.ts";
import { metadataOf } from "./metadata.ts";
import { type Asked, afterOf, instantOf, limitOf } from "./query.ts";
import { type Site, tokenPath } from "./site.ts";
import { tokenPage } from "./token-page.ts";

type Named = Readonly<Record<string, string>>;

/** The token that a path names, if this coordinator keeps a record for it. */
function tokenIn(site: Site, named: Named): Token | undefined {
  if (named["chain"] !== String(site.settings.chainId)) return undefined;
  const token = parseToken(named["collection"] ?? "", named["token"] ?? "");
  if (token === undefined || tokenAllocations(site.db, token).length === 0) return undefined;
  return token;
}

const NO_TOKEN = notFound("record of this token here");

/** `/nft/…`: ERC-721 metadata, or the token's page for a browser. */
export function metadataAnswer(site: Site, named: Named, asked: Asked): Answer {
  if (asked.wantsPage) return tokenPageAnswer(site, named, asked);
  const token = tokenIn(site, named);
  return token === undefined ? NO_TOKEN : json(metadataOf(site, token));
}

/** `/tokens/…`: the token's page. */
export function tokenPageAnswer(site: Site, named: Named, { query }: Asked): Answer {
  const token = tokenIn(site, named);
  if (token === undefined) return NO_TOKEN;
  return page(tokenPage(site, token, instantOf(query, "before")));
}

function summaryOf(site: Site, token: Token, records: readonly KeptRecord[]): object {
  const epochs = Map.groupBy(records, ({ epochStart }) => epochStart);
  return [...epochs].map(([epochStart, own]) => ({
    epochStart,
    epochEnd: own[0]?.epochEnd,
    url: `${site.base()}/nft/${tokenPath(site, token)}/epochs/${epochStart}`,
    records: own.map((record) => ({ record: recordFields(record), leaf: record.leaf })),
  }));
}

/** `/nft/…/epochs`: the token's records, newest first. */
export function epochsAnswer(site: Site, named: Named, { query }: Asked): Answer {
  const token = tokenIn(site, named);
  if (token === undefined) return NO_TOKEN;
  const limit = limitOf(query);
  const records = recordsOf(site.db, token, limit, instantOf(query, "before"));
  const epochs = new Set(records.map(({ epochStart }) => epochStart));
  const last = records.at(-1)?.epochStart;
  const here = `${site.base()}/nft/${tokenPath(site, token)}/epochs`;
  const next =
    epochs.size === limit && last !== undefined
      ? { next: `${here}?before=${last}&limit=${limit}` }
      : {};
  return json({
    simulated: site.settings.simulated,
    epochs: summaryOf(site, token, records),
    ...next,
  });
}

/** `/nft/…/epochs/{start}`: the bundle of one epoch, as `rig-agent verify` reads it. */
export async function epochAnswer(site: Site, named: Named): Promise<Answer> {
  const token = tokenIn(site, named);
  if (token === undefined) return NO_TOKEN;
  const text = named["epoch"] ?? "";
  if (!/^(0|[1-9]\d{0,14})$/.test(text)) {
    throw new BadRequest("The epoch must be its start in whole Unix seconds.");
  }
  const found = await site.bundles.find(token, BigInt(text));
  if (found === undefined) return notFound("record of this token in that epoch");
  const { body, tag } = found;
  return { status: 200, type: "application/json", body, keep: "long", headers: { ETag: tag } };
}

function afterToken(query: URLSearchParams): Token | undefined {
  const text = afterOf(query);
  if (text === undefined) return undefined;
  const [collection = "", id = ""] = text.split(":");
  const token = parseToken(collection, id);
  if (token === undefined) throw new BadRequest("after must be COLLECTION:TOKEN_ID.");
  return token;
}

/** `/api/tokens`: what records there are. */
export function tokensAnswer(site: Site, _named: Named, { query }: Asked): Answer {
  const limit = limitOf(query);
  const tokens = listTokens(site.db, limit, afterToken(query));
  const listed = tokens.map((token) => {
    const path = tokenPath(site, token);
    const newest = newestEpochOf(site.db, token);
    return {
      chainId: site.settings.chainId,
      ...token,
      metadata: `${site.base()}/nft/${path}`,
      epochs: `${site.base()}/nft/${path}/epochs`,
      page: `${site.base()}/tokens/${path}`,
      latest:
        newest === undefined ? [] : recordsIn(site.db, token, newest).map((r) => recordFields(r)),
    };
  });
  const last = tokens.at(-1);
  const next =
    tokens.length === limit && last !== undefined
      ? {
          next: `${site.base()}/api/tokens?after=${last.collection}:${last.tokenId}&limit=${limit}`,
        }
      : {};
  return json({ simulated: site.settings.simulated, tokens: listed, ...next });
}
