import { json } from "../decode/json.ts";
import type { Ask } from "../driver.ts";
import { defineDriver } from "../driver.ts";
import { isRecord, pointer } from "../pointer.ts";
import { PANEL_IDENTITY, PANEL_TABLE, panelOf } from "./iceriver-panel.ts";

const line = (id: string): Ask => ({ link: "tcp", target: `{"id":"${id}"}\n`, decode: json });

/** IceRiver miners by the line API behind their web page, which needs no login: one line asks, one answers. */
export const iceriverLine = defineDriver({
  name: "iceriver-line",
  about: "IceRiver miners, line API",
  docs: "https://github.com/rdugan/iceriver-oc",
  kind: "asic",
  role: "miner",
  ports: [4111],
  // The one recording of it was cut by who made it.
  proof: [],
  asks: {
    boardpow: line("boardpow"),
    board: line("board"),
    fan: line("fan"),
    // It lists the pools with their passwords.
    getpool: { ...line("getpool"), secret: true },
    info: { ...line("info"), optional: true, rarely: true },
    getnet: { ...line("getnet"), optional: true, rarely: true },
  },
  identify: ({ boardpow }) =>
    pointer(boardpow, "/id") === "boardpow" && typeof pointer(boardpow, "/ret/rtpow") === "string",
  algorithm: "^/algorithm",
  identity: { boardpow: PANEL_IDENTITY },
  derive: (docs) => {
    // The page's reply is these, put together.
    const parts = Object.values(docs).map((doc) => pointer(doc, "/ret"));
    return docs.boardpow === undefined
      ? {}
      : { boardpow: panelOf(Object.assign({}, ...parts.filter(isRecord))) };
  },
  table: { boardpow: PANEL_TABLE },
});
