import t from "tap";
import { summaryOf } from "../../../../../agent/drivers/asics/whatsminer-summary.ts";

t.test("a summary's figures are found in a list or bare", async (t) => {
  const figures = { Accepted: 7 };
  for (const reply of [
    { SUMMARY: [figures] },
    { Msg: { SUMMARY: [figures] } },
    { STATUS: "S", Msg: figures },
  ])
    t.strictSame(summaryOf(reply), figures);
});

t.test("a reply without figures has none", async (t) => {
  for (const reply of [
    undefined,
    null,
    7,
    "SUMMARY",
    {},
    { SUMMARY: [] },
    { SUMMARY: ["S"] },
    { Msg: "Summary" },
    { Msg: [1] },
  ])
    t.strictSame(summaryOf(reply), {}, JSON.stringify(reply));
});
