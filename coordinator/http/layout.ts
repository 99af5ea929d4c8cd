import { createHash } from "node:crypto";
import { type Html, html } from "./html.ts";
import type { Site } from "./site.ts";

const STYLE = `:root{color-scheme:light dark;--ink:#16181d;--soft:#5b6270;--line:#d8dce3;--paper:#fff;--card:#f5f6f8;--mark:#0b6e4f;--warn:#8a4b00}
@media (prefers-color-scheme:dark){:root{--ink:#e8eaee;--soft:#a2a9b6;--line:#353a44;--paper:#14161a;--card:#1d2026;--mark:#5cc9a0;--warn:#f0b15a}}
*{box-sizing:border-box}
body{margin:0 auto;padding:1rem;max-width:62rem;font:16px/1.5 system-ui,sans-serif;color:var(--ink);background:var(--paper);overflow-wrap:anywhere}
h1{font-size:1.4rem;margin:.5rem 0}h2{font-size:1.1rem;margin:1.6rem 0 .4rem}
a{color:var(--mark)}p{margin:.4rem 0}small,.soft{color:var(--soft)}
.banner{border:2px solid var(--warn);color:var(--warn);padding:.5rem .8rem;border-radius:.4rem;font-weight:600;margin:0 0 1rem}
.cards{display:grid;grid-template-columns:repeat(auto-fit,minmax(11rem,1fr));gap:.6rem}
.card{background:var(--card);border-radius:.5rem;padding:.7rem .9rem}.card b{display:block;font-size:1.25rem}
.wide{overflow-x:auto}table{border-collapse:collapse;width:100%;font-variant-numeric:tabular-nums}
th,td{text-align:left;padding:.35rem .6rem .35rem 0;border-bottom:1px solid var(--line);white-space:nowrap}
th{color:var(--soft);font-weight:500}code,pre{font:.85rem/1.5 ui-monospace,monospace}
pre{background:var(--card);padding:.7rem .9rem;border-radius:.5rem;overflow-x:auto}img{max-width:100%;height:auto;border-radius:.6rem}
nav{margin:0 0 1rem}`;

/** SHA-256 of the style sheet in base64: the one style that the content policy lets through. */
export const STYLE_HASH: string = createHash("sha256").update(STYLE).digest("base64");

/** A whole page around its content. On a simulated site every page says so first. */
export function layout(site: Site, title: string, content: Html): string {
  const banner = site.settings.simulated
    ? html`<p class="banner">Simulated: these devices do not exist and nothing here was mined.</p>`
    : undefined;
  const style: Html = { markup: STYLE };
  const { markup } = html`<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width,initial-scale=1">
<title>${title}</title><style>${style}</style></head><body>
${banner}<main>${content}</main></body></html>
`;
  return markup;
}
