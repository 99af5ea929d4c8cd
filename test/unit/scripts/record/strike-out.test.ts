import t from "tap";
import { StrikeOut } from "../../../../scripts/record/strike-out.ts";

const WALLET = `bc1${"q".repeat(30)}${"7".repeat(8)}`;

t.test("what tells a person, a site or a wallet is struck out, the same by the same", async (t) => {
  const strike = new StrikeOut();
  const pools = strike.text(
    `{"POOLS":[{"URL":"stratum+tcp://btc.f2pool.com:3333","User":"bob.rig7","Pass":"hunter2"}{"User":"bob.rig7"}]}`,
  );
  t.equal(
    pools,
    `{"POOLS":[{"URL":"stratum+tcp://pool.example:3333","User":"struck-out-1","Pass":"struck-out-2"}{"User":"struck-out-1"}]}`,
    "and the missing comma still misses",
  );
  t.equal(
    strike.text('{"worker":"bob.rig7"}'),
    '{"worker":"struck-out-1"}',
    "in another reply too",
  );
  t.equal(strike.text(`addr ${WALLET} and ${WALLET}`), "addr wallet-1 and wallet-1");
  t.equal(
    strike.text('"macaddr":"C4:08:28:00:A4:19","ip":"192.168.7.30","mac":"c4-08-28-00-a4-19"'),
    '"macaddr":"02:00:5E:00:53:01","ip":"192.0.2.1","mac":"02-00-5e-00-53-02"',
  );
  t.equal(
    strike.text("NAME=ccminer;USER=0xabc.rig;KHS=12.5|"),
    "NAME=ccminer;USER=struck-out-3;KHS=12.5|",
  );
});

t.test("numbers, versions and what says nothing stay as they are", async (t) => {
  const strike = new StrikeOut();
  for (const text of [
    '{"GHS 5s":"95000.1","temp2_1":60,"Accepted":12345678901234567890}',
    '{"version":"2.0.1.17","Miner":"1.0.0.5","api":"127.0.0.1"}',
    '{"password":"","serial":"0","user":null,"hostname":"none"}',
    '{"temp":"a-b-c","fans":[1,2]}{',
  ])
    t.equal(strike.text(text), text);
});

t.test("bytes that are no text are left out, not half understood", async (t) => {
  const strike = new StrikeOut();
  t.equal(strike.reply(Uint8Array.of(0xff, 0xfe, 0x41)).length, 0);
  t.equal(
    Buffer.from(strike.reply(Buffer.from('{"user":"x"}\0'))).toString(),
    '{"user":"struck-out-1"}\0',
  );
});
