import t from "tap";
import { isBraiins, publicOrder } from "../../../../../agent/drivers/asics/braiins-public.ts";

const details = (more: object = {}) => ({
  bos_version: { current: "25.07" },
  miner_identity: { brand: 1, name: "S19" },
  ...more,
});

t.test("a Braiins OS says its version and who it is", async (t) => {
  t.ok(isBraiins({ details: details() }));
  for (const other of [
    undefined,
    null,
    {},
    details({ bos_version: { current: 25.07 } }),
    details({ bos_version: "25.07" }),
    details({ miner_identity: "S19" }),
    details({ miner_identity: null }),
  ])
    t.notOk(isBraiins({ details: other }), JSON.stringify(other));
});

t.test("numbers of enumerations become words where their meaning is known", async (t) => {
  const wordOf = (status: unknown): unknown =>
    publicOrder({ details: details({ status }) }).details;
  t.match(wordOf(2), { word: "normal", make: "Bitmain" });
  t.match(wordOf(3), { word: "paused" });
  for (const odd of [0, 99, -1, 1.5, "2", null, undefined, [2]])
    t.match(wordOf(odd), { word: undefined }, JSON.stringify(odd));
  for (const brand of [0, 7, "1", undefined])
    t.match(
      publicOrder({ details: details({ miner_identity: { brand } }) }).details,
      { make: undefined },
      String(brand),
    );
  t.match(publicOrder({ tuner: { overall_tuner_state: 3 } }).tuner, { word: "tuning" });
  t.match(publicOrder({ tuner: { overall_tuner_state: 2 } }).tuner, { word: undefined });
});

t.test("a board that is turned off is left out, and one that does not say it is not", async (t) => {
  const on = { id: "1", enabled: true };
  const unsaid = { id: "2" };
  t.strictSame(
    publicOrder({ boards: { hashboards: [on, { id: "3", enabled: false }, unsaid] } }).boards,
    { enabled: [on, unsaid] },
  );
  for (const odd of [{}, { hashboards: { 0: on } }, { hashboards: null }, [on]])
    t.strictSame(publicOrder({ boards: odd }).boards, { enabled: undefined }, JSON.stringify(odd));
});

t.test("the active pool of all groups is in use, in either dress", async (t) => {
  const [first, second] = [{ url: "a.example" }, { url: "b.example", active: true }];
  const groups = [{ pools: [first] }, { pools: [first, second] }];
  t.strictSame(publicOrder({ pools: groups }).pools, { used: second });
  t.strictSame(publicOrder({ pools: { pool_groups: groups } }).pools, { used: second });
  t.strictSame(publicOrder({ pools: [{ pools: [first] }] }).pools, { used: first });
  for (const active of ["true", 1, {}])
    t.strictSame(
      publicOrder({ pools: [{ pools: [first, { ...second, active }] }] }).pools,
      { used: first },
      JSON.stringify(active),
    );
  for (const none of [null, {}, [], [7, {}, { pools: {} }], { pool_groups: 7 }])
    t.strictSame(publicOrder({ pools: none }).pools, { used: undefined }, JSON.stringify(none));
});

t.test("what was not answered is not made up", async (t) => {
  t.strictSame(publicOrder({}), {});
  t.strictSame(publicOrder({ details: "x", tuner: [] }), {});
});
