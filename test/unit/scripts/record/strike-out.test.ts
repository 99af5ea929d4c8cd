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

t.test("a private value goes as a whole, whatever it holds and whatever its type", async (t) => {
  for (const [text, struck] of [
    ['{"pass":"hunter2,really"}', '{"pass":"struck-out-1"}'],
    ['{"wifiPass":"a;b|c"}', '{"wifiPass":"struck-out-1"}'],
    [String.raw`{"password":"ab\"cd\\"}`, '{"password":"struck-out-1"}'],
    ['{"pass":"hunter"2","user":"bob"}', '{"pass":"struck-out-1","user":"struck-out-2"}'],
    ['{"pass":"hunter2', '{"pass":"struck-out-1'],
    ['{"serial":123456789012,"accepted":7}', '{"serial":900000001,"accepted":7}'],
    ['{"Worker": 004}', '{"Worker": 900000001}'],
    [
      '{"workers":["bob.rig1",["al",3]],"x":"y"}',
      '{"workers":["struck-out-1",["struck-out-2",3]],"x":"y"}',
    ],
    ['{"pass":["a,b","c]d"],"x":1}', '{"pass":["struck-out-1","struck-out-2"],"x":1}'],
    [
      '{"user":{"name":"bob","list":[{"name":"fan"}]}}',
      '{"user":{"name":"struck-out-1","list":[{"name":"fan"}]}}',
    ],
    [
      String.raw`{"a":"{\"pass\":\"in\\\"ner\",\"n\":1}"}`,
      String.raw`{"a":"{\"pass\":\"struck-out-1\",\"n\":1}"}`,
    ],
    ['{"pass": hunter2,"a":1}', '{"pass": struck-out-1,"a":1}'],
    [
      '{"workers":[{"name":"rig-amd-bob","Name":"Radeon RX 580"}]}',
      '{"workers":[{"name":"struck-out-1","Name":"Radeon RX 580"}]}',
    ],
    ["{'user':'bob.rig1'}", "{'user':'struck-out-1'}"],
    ["var mac = 'aabbccddeeff';", "var mac = '02005e005301';"],
  ] as const)
    t.equal(new StrikeOut().text(text), struck, text);
});

t.test("a private member is known by the words of its name, however it is written", async (t) => {
  const names = [
    ...["pool_user", "pool1user", "poolUser", "username2", "user2", "Current_User", "stratum.user"],
    ...["workername", "Worker1", "api_key", "apikey", "private_key", "PCB SN", "dev_sn", "hb_sn"],
    ...["psu_sn", "Chain SN", "miner-sn", "minersn", "minerid", "DNA", "wifiPass", "Mwork1"],
  ];
  for (const name of names)
    t.equal(new StrikeOut().text(`{"${name}":"B7x"}`), `{"${name}":"struck-out-1"}`, name);
  const open = ["pause_reason", "user-agent", "worker_count", "pool_type", "bus_address", "Works"];
  for (const name of open)
    t.equal(
      new StrikeOut().text(`{"${name}":7,"${name}":"7"}`),
      `{"${name}":7,"${name}":"7"}`,
      name,
    );
});

t.test("NAME=value, cells, fields and lines are read as well", async (t) => {
  for (const [text, struck] of [
    ["USER=bob;PASS=hun,ter;2;UPTIME=5|", "USER=struck-out-1;PASS=struck-out-2;UPTIME=5|"],
    ["Pass=a,b,Stratum Active=true|", "Pass=struck-out-1,Stratum Active=true|"],
    ["MAC=e0e1a93f3053,DNA[02010000cbd2fd6d]", "MAC=02005e005301,DNA[5e00000000000001]"],
    [
      "POOL=0,URL=stratum.lan:3333,Stratum URL=my.pool.lan|",
      "POOL=0,URL=pool.example:3333,Stratum URL=pool-2.example|",
    ],
    ["/x?user=bob&pass=x%20y&z=1", "/x?user=struck-out-1&pass=struck-out-2&z=1"],
    [
      "<td>Fan</td><td>Worker</td><td>bob.rig1</td>",
      "<td>Fan</td><td>Worker</td><td>struck-out-1</td>",
    ],
    ['<input name="pool_user" value="bob">', '<input name="pool_user" value="struck-out-1">'],
    ["<pass>x1y</pass>", "<pass>struck-out-1</pass>"],
    ["Serial Number : ABC123\nFan : 30", "Serial Number : struck-out-1\nFan : 30"],
  ] as const)
    t.equal(new StrikeOut().text(text), struck, text);
});

t.test("pools, addresses and wallets are known by their look, wherever they stand", async (t) => {
  for (const [text, struck] of [
    [
      '"stratum+tcp://bob.rig1:s3@pool.lan:3333/x"',
      '"stratum+tcp://struck-out-1@pool.example:3333/struck-out-2"',
    ],
    [
      String.raw`"ab:\/\/u:p,w@pool.lan:3333"`,
      String.raw`"ab:\/\/u:p,w@pool.lan:3333"`
        .replace("u:p,w", "struck-out-1")
        .replace("pool.lan", "pool.example"),
    ],
    ['["a","eu1.pool.org:3333;us.pool.org:14"]', '["a","pool.example:3333;pool-2.example:14"]'],
    ['["bob:pw@pool.lan:33"]', '["struck-out-1:33"]'],
    ['["5.9.12.34"] 8.8.8.8:3333', '["192.0.2.1"] 192.0.2.2:3333'],
    ['{"ver":"5.9.12.34"} run 5.9.1.2', '{"ver":"5.9.12.34"} run 5.9.1.2'],
    ['"fe80::1ff:fe23:4567:890a" 12:34:56', '"2001:db8::1" 12:34:56'],
    ["ltc1qabcdefghijklmnopqrstuvwxyz0123456789abc", "wallet-1"],
    ["LVg2kJoFNg45Nbpy53h7Fe1wKyeXVRhMH9.rig1", "wallet-1"],
    ["DH5yaieoZN36fDVciNyRueRGvGLR3mr7L9", "wallet-1"],
    [`{"0x${"5".repeat(40)}":1}`, '{"wallet-1":1}'],
    ["GPU-74f69592-e713-a562-23e0-1ea7cfaa3581", "GPU-5e000000-0000-0000-0000-000000000001"],
  ] as const)
    t.equal(new StrikeOut().text(text), struck, text);
});

t.test("a megabyte of anything is done with in seconds", async (t) => {
  const shapes = [
    "[",
    '{"user":',
    '{"user":[',
    "a",
    "a@",
    '"',
    '"user":"',
    "user=",
    ";",
    "<td>user</td>",
    "a.",
    "1.",
    ":",
    "a://",
    "0:",
  ];
  for (const shape of shapes) {
    const begunMs = performance.now();
    const text = '{"user":'.concat(shape.repeat(1_000_000 / shape.length));
    t.type(new StrikeOut().text(text), "string");
    t.ok(performance.now() - begunMs < 20_000, shape);
  }
});

t.test(
  "what a maker names all of its devices stays, and what an owner adds to it does not",
  async (t) => {
    for (const name of ["Antminer", "VolcMiner D1", "blackMiner", "bitaxe"])
      t.equal(new StrikeOut().text(`{"hostname":"${name}"}`), `{"hostname":"${name}"}`);
    t.equal(
      new StrikeOut().text(`{"user":"antminer"}`),
      `{"user":"struck-out-1"}`,
      "a user is none",
    );
    for (const name of ["antminer-bob", "Antminer rig7", "bob"])
      t.equal(new StrikeOut().text(`{"hostname":"${name}"}`), '{"hostname":"struck-out-1"}', name);
  },
);
