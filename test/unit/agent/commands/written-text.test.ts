import t from "tap";
import { writtenLines } from "../../../../agent/commands/written-text.ts";

const NOTHING = { file: "/a.yaml", added: [], moved: [], kept: [], left: [] };

t.test(
  "what was changed is told, where the former text is, and what was left out and why",
  async (t) => {
    const written = {
      ...{
        file: "/a.yaml",
        backup: "/a.yaml.before-discover-2",
        added: ["axeos-1"],
        moved: ["loud"],
      },
      ...{ kept: ["b", "c"], left: [{ address: "10.0.0.7", why: "a\u001B[31mb" }] },
    };
    t.strictSame(writtenLines(written), [
      "",
      "/a.yaml (before: /a.yaml.before-discover-2); restart rig-agent to use it.",
      "  added axeos-1",
      "  moved loud",
      "  2 were there already",
      "",
      "These were found and not written:",
      "  10.0.0.7  a·[31mb",
    ]);
    t.strictSame(writtenLines(NOTHING), ["", "/a.yaml was not changed."]);
  },
);
