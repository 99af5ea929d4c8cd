import t from "tap";
import { knock } from "../../../../../agent/drivers/links/knock.ts";
import { deadAddress, systemClock, tcpPeer } from "../../../../support/driver-peers.ts";

const never = new AbortController().signal;

t.test("a port takes a connection, refuses it, or is not asked", async (t) => {
  let said = 0;
  const peer = await tcpPeer((socket) => {
    socket.on("data", (bytes) => {
      said += bytes.length;
    });
  });
  t.after(() => peer.close());
  t.equal(await knock(systemClock, peer.host, peer.port, 2000, never), "open");
  t.equal(said, 0, "nothing is said to it");
  const [host = "", port] = (await deadAddress()).split(":");
  t.equal(await knock(systemClock, host, Number(port), 2000, never), "refused");
  t.equal(await knock(systemClock, peer.host, peer.port, 2000, AbortSignal.abort()), "silent");
});
