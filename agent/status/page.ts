import { createHash } from "node:crypto";
import { METRICS } from "../../proto/metrics.ts";
import { ERRORS } from "../core/errors.ts";
import { showDuration, showQuantity } from "../core/quantity.ts";
import type { Condition, Identity, Problem, Reading } from "../core/reading.ts";
import type { About } from "./document.ts";
import { type HealthLevel, judge } from "./health.ts";
import { type Html, html, raw } from "./html.ts";
import type { DeliveryStatus, DeviceStatus, StatusSnapshot } from "./snapshot.ts";

const STYLE = `
:root{color-scheme:light dark;--line:#8884;--bad:#c0392b;--warn:#b9770e;--good:#1e8449}
body{font:16px/1.5 system-ui,sans-serif;margin:0 auto;max-width:64rem;padding:0 1rem 2rem}
h1{font-size:1.3rem}h2{font-size:1.1rem;margin:1.5rem 0 .5rem}
dl{display:grid;grid-template-columns:minmax(8rem,auto) 1fr;gap:.1rem 1rem;margin:0}
dd{margin:0;overflow-wrap:anywhere}dt{opacity:.75}
.banner{background:#b9770e;color:#fff;padding:.4rem .8rem;border-radius:.3rem;margin-top:1rem}
.health{border-left:.4rem solid;padding:.3rem .8rem}.health ul{margin:.2rem 0;padding-left:1.2rem}
.ok{color:var(--good)}.warning,.waiting{color:var(--warn)}.broken,.outage{color:var(--bad)}
.health *{color:CanvasText}
article{border:1px solid var(--line);border-radius:.3rem;padding:.5rem .8rem;margin:.5rem 0}
article h3{font-size:1rem;margin:0}small{opacity:.75}
table{border-collapse:collapse;width:100%}td,th{text-align:left;padding:.1rem .5rem .1rem 0;vertical-align:top;border-bottom:1px solid var(--line);overflow-wrap:anywhere}
code{font-size:.9em}
`;

/** The hash by which the content security policy allows the page's one style. */
export const STYLE_HASH = `sha256-${createHash("sha256").update(STYLE).digest("base64")}`;

/** The status page: everything of a snapshot in plain words, without scripts. */
export function statusPage(snapshot: StatusSnapshot, about: About): string {
  const title = `${about.simulated ? "Simulated rig" : "Rig"} ${short(snapshot.rig)}`;
  const page = html`<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width,initial-scale=1">
<meta http-equiv="refresh" content="5"><title>${title}</title><style>${raw(STYLE)}</style></head><body>
${about.simulated ? html`<p class="banner">Simulated: these devices do not exist and nothing here was mined.</p>` : ""}
<h1>${title}</h1>
${healthBlock(snapshot)}
<h2>Delivery</h2>${deliveryBlock(snapshot.delivery, snapshot.atMs)}
<h2>Devices</h2>${snapshot.devices.map(deviceBlock)}
${snapshot.devices.length === 0 ? html`<p>None is known yet.</p>` : ""}
<h2>This rig</h2>${rigBlock(snapshot, about)}
</body></html>
`;
  return page.text;
}

const HEADLINES: Readonly<Record<HealthLevel, string>> = {
  ok: "Measuring and delivering.",
  warning: "Working, but something wants a look.",
  broken: "Not working.",
};

function healthBlock(snapshot: StatusSnapshot): Html {
  const { level, reasons } = judge(snapshot);
  const list =
    reasons.length === 0 ? "" : html`<ul>${reasons.map((reason) => html`<li>${reason}</li>`)}</ul>`;
  const advice = snapshot.faults.map(
    (fault) => html`<li><small>${fault.code}: ${ERRORS[fault.code].about}</small></li>`,
  );
  return html`<div class="health ${level}"><strong>${HEADLINES[level]}</strong>${list}${
    advice.length === 0 ? "" : html`<ul>${advice}</ul>`
  }</div>`;
}

function deliveryBlock(delivery: DeliveryStatus, atMs: number): Html {
  const ago = (thenMs: number): string => `${showDuration(Math.max(0, atMs - thenMs))} ago`;
  const { lastReceipt, lastRefusal, oldestUnreceiptedMs: oldest } = delivery;
  const since =
    delivery.sinceAtMs === undefined
      ? ""
      : `, since ${showDuration(Math.max(0, atMs - delivery.sinceAtMs))}`;
  return facts([
    ["Coordinator", `${delivery.connected ? "connected" : "not connected"}${since}`],
    [
      "Waiting for receipt",
      `${delivery.outbox}${oldest === undefined ? "" : `, the oldest for ${showDuration(oldest)}`}`,
    ],
    ["Waiting to be signed", String(delivery.unsigned)],
    [
      "Last receipt",
      lastReceipt ? `sequence ${lastReceipt.sequence}, ${ago(lastReceipt.atMs)}` : "none yet",
    ],
    ...(lastRefusal
      ? [
          [
            "Last refusal",
            `sequence ${lastRefusal.sequence}: ${lastRefusal.code}, ${ago(lastRefusal.atMs)}`,
          ] as const,
        ]
      : []),
    ["Last signed", delivery.sequence === undefined ? "none yet" : `sequence ${delivery.sequence}`],
    ["Era", delivery.era === undefined ? "none granted yet" : String(delivery.era)],
    ["Head", delivery.headDigest ?? "none yet"],
    [
      "Window",
      delivery.windowSeconds === undefined
        ? "not known yet"
        : showDuration(delivery.windowSeconds * 1000),
    ],
  ]);
}

function rigBlock(snapshot: StatusSnapshot, about: About): Html {
  const { clock } = snapshot;
  const offset =
    clock.offsetMs === undefined
      ? "offset not known yet"
      : `off by ${showDuration(clock.offsetMs)}`;
  return facts([
    ["Address", snapshot.rig ?? "its key is not open yet"],
    ["Coordinator", snapshot.coordinator ?? "not known"],
    ["Up since", `${showDuration(snapshot.uptimeMs)} ago`],
    ["Clock", `${clock.trusted ? "trusted" : "not trusted"}, ${offset}`],
    ["Version", about.version],
  ]);
}

const STATES = { ok: "answers", outage: "outage", waiting: "not asked yet" } as const;

/** What a keeper looks for first, in this order. */
const HEADLINE_METRICS = ["hashrate", "power", "chip_temperature"] as const;

/** The whole device's values of a metric; of a temperature that only parts have, the hottest. */
function wholeOrHottest(readings: readonly Reading[], metric: Reading["metric"]): string[] {
  const of = readings.filter((reading) => reading.metric === metric);
  const whole = of.filter(({ part }) => part === "");
  if (whole.length > 0) {
    return whole.map(({ value, algorithm }) =>
      [showQuantity(metric, value), algorithm].filter((word) => word !== undefined).join(" "),
    );
  }
  if (METRICS[metric].fold !== "maximum" || of.length === 0) return [];
  return [showQuantity(metric, Math.max(...of.map(({ value }) => value)))];
}

function deviceBlock(device: DeviceStatus): Html {
  const age =
    device.sampleAgeMs === undefined
      ? "no sample yet"
      : `last sample ${showDuration(device.sampleAgeMs)} ago`;
  const outage = device.outage ? `: ${device.outage.why} (${device.outage.code})` : "";
  const unproven = device.unproven
    ? html` <small>read by a driver without proof against real hardware</small>`
    : "";
  const headline = HEADLINE_METRICS.flatMap((metric) => wholeOrHottest(device.readings, metric));
  return html`<article><h3>${device.label}</h3>
${headline.length === 0 ? "" : html`<div><strong>${headline.join(" · ")}</strong></div>`}
<div><span class="${device.state}">${STATES[device.state]}</span>${outage}, ${age}${unproven}</div>
${conditionLine(device.condition)}<div><small>${[device.kind, ...identityText(device.identity)].join(" · ")}</small></div>
<div><small><code>${device.id}</code></small></div>
${readingsTable(device.readings)}${problemsList(device.problems)}</article>
`;
}

function conditionLine({ state, said, errors = [] }: Condition = {}): Html | string {
  const words = [
    ...(state === undefined ? [] : [state.replaceAll("-", " ")]),
    ...(said === undefined ? [] : [`says “${said}”`]),
    ...(errors.length === 0 ? [] : [`errors: ${errors.join(", ")}`]),
  ];
  return words.length === 0 ? "" : html`<div>${words.join(" · ")}</div>`;
}

function identityText(identity: Identity): string[] {
  const { make, model, firmware, pool, worker } = identity;
  const name = [make, model].filter((part) => part !== undefined).join(" ");
  return [
    ...(name === "" ? [] : [name]),
    ...(firmware === undefined ? [] : [`firmware ${firmware}`]),
    ...(pool === undefined ? [] : [`pool ${pool}`]),
    ...(worker === undefined ? [] : [`worker ${worker}`]),
  ];
}

function readingsTable(readings: readonly Reading[]): Html | string {
  if (readings.length === 0) return "";
  const rows = readings.map(
    (reading) =>
      html`<tr><th>${reading.metric.replaceAll("_", " ")}</th><td>${reading.part}</td><td>${showQuantity(reading.metric, reading.value)}</td><td>${reading.algorithm ?? ""}</td></tr>`,
  );
  return html`<details${raw(readings.length <= 8 ? " open" : "")}><summary>${readings.length} readings</summary><table>${rows}</table></details>`;
}

function problemsList(problems: readonly Problem[]): Html | string {
  if (problems.length === 0) return "";
  return html`<ul>${problems.map(
    ({ metric, part, why, ask }) =>
      html`<li>${[metric?.replaceAll("_", " ") ?? "reply", part].filter((word) => word !== "").join(" ")}: ${why.replaceAll("-", " ")} <small>(${ask})</small></li>`,
  )}</ul>`;
}

function facts(rows: readonly (readonly [name: string, value: string])[]): Html {
  return html`<dl>${rows.map(([name, value]) => html`<dt>${name}</dt><dd>${value}</dd>`)}</dl>`;
}

function short(rig: string | undefined): string {
  return rig === undefined ? "without a key" : `${rig.slice(0, 10)}…${rig.slice(-4)}`;
}
