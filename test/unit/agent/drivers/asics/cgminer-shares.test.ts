import t from "tap";
import { poolInUse } from "../../../../../agent/drivers/asics/cgminer-shares.ts";

const pool = (URL: string, more: object = {}) => ({ URL, User: "acct.rig7", ...more });
const urlOf = (...pools: readonly unknown[]): unknown => poolInUse({ POOLS: pools })?.["URL"];

t.test("the pool with a connection is in use, else one that answers, else the first", async (t) => {
  const connected = pool("c.example", { "Stratum Active": true, Status: "Dead" });
  const alive = pool("b.example", { "Stratum Active": false, Status: "Alive" });
  const first = pool("a.example", { Status: "Dead" });
  t.equal(urlOf(first, alive, connected), "c.example");
  t.equal(urlOf(first, alive), "b.example");
  t.equal(urlOf(first, pool("d.example")), "a.example");
  for (const said of ["true", 1, "Y"])
    t.equal(urlOf(first, pool("d.example", { "Stratum Active": said })), "a.example", String(said));
});

t.test("a pool at which the firmware works for its maker is not the owner's", async (t) => {
  const active = { "Stratum Active": true };
  for (const makers of [
    pool("DevFee", active),
    pool("stratum+tcp://dev-fee.example", { ...active, User: "dev fee" }),
    pool("*", active),
    pool("fee.example", { ...active, User: "***" }),
  ]) {
    t.equal(urlOf(makers, pool("own.example")), "own.example", JSON.stringify(makers));
    t.equal(urlOf(makers), undefined, JSON.stringify(makers));
  }
  t.equal(urlOf(pool("a.example", { User: "acct*7" })), "a.example", "an asterisk in a name");
});

t.test("what lists no pools has none in use", async (t) => {
  for (const none of [
    undefined,
    null,
    7,
    [],
    {},
    { POOLS: {} },
    { POOLS: [] },
    { POOLS: [7, null] },
  ])
    t.equal(poolInUse(none), undefined, JSON.stringify(none));
});
