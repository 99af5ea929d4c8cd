import { antminer, hiveon, mskminer } from "./protocols/antminer.ts";
import { auradine } from "./protocols/auradine.ts";
import { avalon } from "./protocols/avalon.ts";
import { axeos } from "./protocols/axeos.ts";
import { bitfuryB8 } from "./protocols/bitfury-b8.ts";
import { blackminer, blackminerWeb } from "./protocols/blackminer.ts";
import { bminer } from "./protocols/bminer.ts";
import { braiins } from "./protocols/braiins.ts";
import { braiinsGraphql } from "./protocols/braiins-graphql.ts";
import { braiinsGrpc } from "./protocols/braiins-grpc.ts";
import { braiinsRest } from "./protocols/braiins-rest.ts";
import { bzminer } from "./protocols/bzminer.ts";
import { castxmr } from "./protocols/castxmr.ts";
import { ccminer } from "./protocols/ccminer.ts";
import { claymore } from "./protocols/claymore.ts";
import { cpuminer } from "./protocols/cpuminer.ts";
import { dayun } from "./protocols/dayun.ts";
import { dragonmint } from "./protocols/dragonmint.ts";
import { dstm } from "./protocols/dstm.ts";
import { ebang } from "./protocols/ebang.ts";
import { elphapex } from "./protocols/elphapex.ts";
import { epic } from "./protocols/epic.ts";
import { ethminer } from "./protocols/ethminer.ts";
import { excavator } from "./protocols/excavator.ts";
import { ewbf, miniz } from "./protocols/getstat.ts";
import { gminer } from "./protocols/gminer.ts";
import { goldshell } from "./protocols/goldshell.ts";
import { grinpro } from "./protocols/grinpro.ts";
import { hspminer } from "./protocols/hspminer.ts";
import { iceriver, iceriverLine } from "./protocols/iceriver.ts";
import { innosilicon } from "./protocols/innosilicon.ts";
import { iximiner } from "./protocols/iximiner.ts";
import { jceminer } from "./protocols/jceminer.ts";
import { lolminer } from "./protocols/lolminer.ts";
import { luxos } from "./protocols/luxos.ts";
import {
  baikal,
  bwL21,
  honorknight,
  ibelink,
  moonlander,
  strongu,
} from "./protocols/maker-devs.ts";
import { marathon } from "./protocols/marathon.ts";
import { minerva } from "./protocols/minerva.ts";
import { mkxminer } from "./protocols/mkxminer.ts";
import { multminer } from "./protocols/multminer.ts";
import { nanominer } from "./protocols/nanominer.ts";
import { nbminer } from "./protocols/nbminer.ts";
import { nerdaxe } from "./protocols/nerdaxe.ts";
import { obelisk } from "./protocols/obelisk.ts";
import { onezerominer } from "./protocols/onezerominer.ts";
import { optiminer } from "./protocols/optiminer.ts";
import { protoRig } from "./protocols/proto-rig.ts";
import { rhminer } from "./protocols/rhminer.ts";
import { rigel } from "./protocols/rigel.ts";
import { sealminer } from "./protocols/sealminer.ts";
import { sgminer } from "./protocols/sgminer.ts";
import type { Speaker } from "./protocols/speaker.ts";
import { spondoolies } from "./protocols/spondoolies.ts";
import { srbminer } from "./protocols/srbminer.ts";
import { swarm } from "./protocols/swarm.ts";
import { teamblackminer } from "./protocols/teamblackminer.ts";
import { trex } from "./protocols/trex.ts";
import { vnish } from "./protocols/vnish.ts";
import { whatsminer } from "./protocols/whatsminer.ts";
import { whatsminerV3 } from "./protocols/whatsminer-v3.ts";
import { xmrig } from "./protocols/xmrig.ts";
import { wildrig, xmrig2, xmrigProxy, xmrStak } from "./protocols/xmrig-likes.ts";

/** Every family that is spoken over a network. */
export const SPEAKERS: readonly Speaker[] = [
  antminer,
  auradine,
  avalon,
  axeos,
  baikal,
  bitfuryB8,
  blackminer,
  blackminerWeb,
  bminer,
  braiins,
  braiinsGraphql,
  braiinsGrpc,
  braiinsRest,
  bwL21,
  bzminer,
  castxmr,
  ccminer,
  claymore,
  cpuminer,
  dayun,
  dragonmint,
  dstm,
  ebang,
  elphapex,
  epic,
  ethminer,
  ewbf,
  excavator,
  gminer,
  goldshell,
  grinpro,
  hiveon,
  honorknight,
  hspminer,
  ibelink,
  iceriver,
  iceriverLine,
  innosilicon,
  iximiner,
  jceminer,
  lolminer,
  luxos,
  marathon,
  minerva,
  miniz,
  mkxminer,
  moonlander,
  mskminer,
  multminer,
  nanominer,
  nbminer,
  nerdaxe,
  obelisk,
  onezerominer,
  optiminer,
  protoRig,
  rhminer,
  rigel,
  sealminer,
  sgminer,
  spondoolies,
  srbminer,
  strongu,
  swarm,
  teamblackminer,
  trex,
  vnish,
  whatsminer,
  whatsminerV3,
  wildrig,
  xmrStak,
  xmrig,
  xmrig2,
  xmrigProxy,
];

const BY_NAME = new Map(SPEAKERS.map((speaker) => [speaker.name, speaker]));

/** The speaker that the driver of that name reads; undefined for sensors. */
export function speakerOf(driver: string): Speaker | undefined {
  return BY_NAME.get(driver);
}
