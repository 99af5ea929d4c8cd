import t from "tap";
import { find, pointer } from "../../../../agent/drivers/pointer.ts";

t.test("a pointer leads through objects and arrays, also over keys with blanks", async (t) => {
  const doc = { STATS: [{}, { "GHS 5s": "7", "fan.speed": 3 }] };
  t.equal(pointer(doc, "/STATS/1/GHS 5s"), "7");
  t.equal(pointer(doc, "/STATS/1/fan.speed"), 3);
  t.equal(pointer(doc, ""), doc);
});

t.test("a pointer leads nowhere but to own properties", async (t) => {
  for (const path of ["/constructor", "/__proto__", "/a/toString", "/a/b/c", "/a/0"])
    t.equal(pointer({ a: "text" }, path), undefined, path);
  for (const doc of [null, undefined, 3, "x"])
    t.equal(pointer(doc, "/length"), undefined, String(doc));
});

t.test("a path with ^ starts at the top of the reply", async (t) => {
  const scope = { element: { a: 1 }, reply: { a: 2 }, path: "" };
  t.equal(find(scope, "/a"), 1);
  t.equal(find(scope, "^/a"), 2);
});
