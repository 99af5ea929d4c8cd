import { createServer } from "node:http";
import { createServer as createTcpServer } from "node:net";

/**
 * A small site for looking at: on each address named on the command line, in turn, something that speaks the cgminer API
 * as an Antminer does, AxeOS, or a web server that is no miner. Says `ready` on standard output. Ends with its input.
 */
const addresses = process.argv.slice(2);

const serialOf = (address: string): string =>
  address
    .split(".")
    .map((byte) => Number(byte).toString(16).padStart(2, "0"))
    .join("");

function antminer(address: string): Promise<void> {
  const status = '"STATUS":[{"STATUS":"S","When":1,"Code":22,"Msg":"ok","Description":"bmminer"}]';
  const replies: Readonly<Record<string, string>> = {
    version: `{${status},"VERSION":[{"BMMiner":"1.0","API":"3.1","Miner":"26.0.1.3","CompileTime":"2023","Type":"Antminer S19"}],"id":1}`,
    stats: `{${status},"STATS":[{"BMMiner":"1.0","Type":"Antminer S19"},{"STATS":0,"ID":"BTM0","Elapsed":100,"GHS 5s":"95000.1","GHS av":95000.2,"rate_unit":"GH","miner_id":"00${serialOf(address)}000001","temp2_1":60,"chain_rate1":"95000.1","chain_acn1":88,"fan_num":0,"frequency":"600"}],"id":1}`,
    summary: `{${status},"SUMMARY":[{"Elapsed":100,"Accepted":5,"Rejected":0,"Difficulty Accepted":1.0}],"id":1}`,
    pools: `{${status},"POOLS":[{"URL":"stratum+tcp://pool.example:3333","User":"site.w1"}],"id":1}`,
  };
  const server = createTcpServer((socket) => {
    socket.on("error", () => socket.destroy());
    socket.once("data", (bytes) => {
      const [, command = ""] = /"command"\s*:\s*"(\w+)"/.exec(bytes.toString("latin1")) ?? [];
      const refusal = '{"STATUS":[{"STATUS":"E","Code":14,"Msg":"Invalid command"}],"id":1}';
      socket.end(`${replies[command] ?? refusal}\0`);
    });
  });
  return new Promise((resolve) => server.listen(4028, address, resolve));
}

function axeos(address: string): Promise<void> {
  const info = {
    ...{ hashRate: 1200, expectedHashrate: 1210, power: 17, temp: 55, ASICModel: "BM1370" },
    ...{ version: "v2.12.0", uptimeSeconds: 100, sharesAccepted: 3, sharesRejected: 0 },
    macAddr: `02:00:${serialOf(address).toUpperCase().match(/../g)?.join(":")}`,
    ...{ hostname: "bitaxe", stratumURL: "pool.example", stratumUser: "w", frequency: 525 },
    ...{ axeOSVersion: "v2.12.0", boardVersion: "601", fanrpm: 3000, fanspeed: 40 },
  };
  const server = createServer((request, response) => {
    if (request.url === "/api/system/info") response.end(JSON.stringify(info));
    else response.writeHead(404).end();
  });
  return new Promise((resolve) => server.listen(80, address, resolve));
}

function printer(address: string): Promise<void> {
  const server = createServer((_, response) => response.end("<html>a printer</html>"));
  return new Promise((resolve) => server.listen(80, address, resolve));
}

const KINDS = [antminer, axeos, antminer, axeos, printer];
await Promise.all(addresses.map((address, n) => (KINDS[n % KINDS.length] ?? antminer)(address)));
process.stdout.write("ready\n");
process.stdin.on("end", () => process.exit(0)).resume();
