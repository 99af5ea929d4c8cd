import { json } from "../decode/json.ts";
import { defineDriver } from "../driver.ts";
import { isRecord, pointer } from "../pointer.ts";
import { PANEL_IDENTITY, PANEL_TABLE, panelOf } from "./iceriver-panel.ts";

/** IceRiver miners by the reply that their web page reads; firmware of 2023 gives it without a login. */
export const iceriver = defineDriver({
  name: "iceriver",
  about: "IceRiver miners, web page",
  docs: "https://github.com/UpstreamData/pyasic/blob/master/pyasic/web/iceriver.py",
  kind: "asic",
  role: "miner",
  ports: [80],
  proof: ["KS3M", "KS5L", "AL3"],
  asks: {
    // It lists the pools with their passwords, beside the figures.
    panel: {
      link: "http",
      target: "/user/userpanel",
      body: "post=4",
      decode: json,
      secret: true,
    },
  },
  identify: ({ panel }) =>
    typeof pointer(panel, "/data/rtpow") === "string" &&
    typeof pointer(panel, "/data/softver1") === "string",
  login: {
    kind: "token",
    target: "/user/loginpost",
    body: "post=6&user={username}&pwd={password}",
  },
  defaultLogin: { username: "admin", password: "12345678" },
  algorithm: "^/algorithm",
  identity: { panel: PANEL_IDENTITY },
  derive: ({ panel }) => {
    const found = pointer(panel, "/data");
    return isRecord(found) ? { panel: panelOf(found) } : {};
  },
  table: { panel: PANEL_TABLE },
});
