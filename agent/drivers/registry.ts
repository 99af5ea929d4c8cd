import { antminer } from "./asics/antminer.ts";
import { auradine } from "./asics/auradine.ts";
import { avalon } from "./asics/avalon.ts";
import { axeos } from "./asics/axeos.ts";
import { baikal } from "./asics/baikal.ts";
import { bitfuryB8 } from "./asics/bitfury-b8.ts";
import { blackminer } from "./asics/blackminer.ts";
import { blackminerWeb } from "./asics/blackminer-web.ts";
import { braiins } from "./asics/braiins.ts";
import { braiinsGraphql } from "./asics/braiins-graphql.ts";
import { braiinsGrpc } from "./asics/braiins-grpc.ts";
import { braiinsRest } from "./asics/braiins-rest.ts";
import { bwL21 } from "./asics/bw-l21.ts";
import { cgminerGeneric } from "./asics/cgminer-generic.ts";
import { dayun } from "./asics/dayun.ts";
import { dragonmint } from "./asics/dragonmint.ts";
import { ebang } from "./asics/ebang.ts";
import { elphapex } from "./asics/elphapex.ts";
import { epic } from "./asics/epic.ts";
import { goldshell } from "./asics/goldshell.ts";
import { hiveon } from "./asics/hiveon.ts";
import { honorknight } from "./asics/honorknight.ts";
import { ibelink } from "./asics/ibelink.ts";
import { iceriver } from "./asics/iceriver.ts";
import { iceriverLine } from "./asics/iceriver-line.ts";
import { innosilicon } from "./asics/innosilicon.ts";
import { luxos } from "./asics/luxos.ts";
import { marathon } from "./asics/marathon.ts";
import { minerva } from "./asics/minerva.ts";
import { moonlander } from "./asics/moonlander.ts";
import { mskminer } from "./asics/mskminer.ts";
import { multminer } from "./asics/multminer.ts";
import { nerdaxe } from "./asics/nerdaxe.ts";
import { obelisk } from "./asics/obelisk.ts";
import { protoRig } from "./asics/proto-rig.ts";
import { sealminer } from "./asics/sealminer.ts";
import { spondoolies } from "./asics/spondoolies.ts";
import { strongu } from "./asics/strongu.ts";
import { vnish } from "./asics/vnish.ts";
import { whatsminer } from "./asics/whatsminer.ts";
import { whatsminerV3 } from "./asics/whatsminer-v3.ts";
import type { Driver } from "./driver.ts";
import { amdgpu } from "./gpus/amdgpu.ts";
import { intel } from "./gpus/intel.ts";
import { nvidia } from "./gpus/nvidia.ts";
import { host } from "./hosts/host.ts";
import { bminer } from "./miners/bminer.ts";
import { bzminer } from "./miners/bzminer.ts";
import { castxmr } from "./miners/castxmr.ts";
import { ccminer } from "./miners/ccminer.ts";
import { claymore } from "./miners/claymore.ts";
import { cpuminer } from "./miners/cpuminer.ts";
import { dstm } from "./miners/dstm.ts";
import { ethminer } from "./miners/ethminer.ts";
import { ewbf } from "./miners/ewbf.ts";
import { excavator } from "./miners/excavator.ts";
import { gminer } from "./miners/gminer.ts";
import { grinpro } from "./miners/grinpro.ts";
import { hspminer } from "./miners/hspminer.ts";
import { iximiner } from "./miners/iximiner.ts";
import { jceminer } from "./miners/jceminer.ts";
import { lolminer } from "./miners/lolminer.ts";
import { miniz } from "./miners/miniz.ts";
import { mkxminer } from "./miners/mkxminer.ts";
import { nanominer } from "./miners/nanominer.ts";
import { nbminer } from "./miners/nbminer.ts";
import { onezerominer } from "./miners/onezerominer.ts";
import { optiminer } from "./miners/optiminer.ts";
import { rhminer } from "./miners/rhminer.ts";
import { rigel } from "./miners/rigel.ts";
import { sgminer } from "./miners/sgminer.ts";
import { srbminer } from "./miners/srbminer.ts";
import { swarm } from "./miners/swarm.ts";
import { teamblackminer } from "./miners/teamblackminer.ts";
import { trex } from "./miners/trex.ts";
import { wildrig } from "./miners/wildrig.ts";
import { xmrStak } from "./miners/xmr-stak.ts";
import { xmrig } from "./miners/xmrig.ts";
import { xmrig2 } from "./miners/xmrig-2.ts";
import { xmrigGeneric } from "./miners/xmrig-generic.ts";
import { xmrigProxy } from "./miners/xmrig-proxy.ts";

/** Every driver, in the order in which an unknown device is asked. */
export const DRIVERS: readonly Driver[] = [
  antminer,
  vnish,
  mskminer,
  marathon,
  luxos,
  hiveon,
  avalon,
  axeos,
  braiins,
  braiinsGraphql,
  braiinsGrpc,
  braiinsRest,
  whatsminer,
  sealminer,
  epic,
  auradine,
  protoRig,
  whatsminerV3,
  nerdaxe,
  blackminer,
  blackminerWeb,
  elphapex,
  goldshell,
  iceriver,
  iceriverLine,
  innosilicon,
  baikal,
  strongu,
  bwL21,
  moonlander,
  ibelink,
  minerva,
  spondoolies,
  honorknight,
  dragonmint,
  bitfuryB8,
  ebang,
  multminer,
  dayun,
  obelisk,
  trex,
  lolminer,
  xmrig,
  xmrig2,
  xmrigProxy,
  wildrig,
  xmrStak,
  srbminer,
  sgminer,
  gminer,
  nbminer,
  bminer,
  bzminer,
  castxmr,
  ccminer,
  claymore,
  cpuminer,
  dstm,
  ethminer,
  ewbf,
  excavator,
  grinpro,
  hspminer,
  iximiner,
  jceminer,
  miniz,
  mkxminer,
  nanominer,
  onezerominer,
  optiminer,
  rhminer,
  rigel,
  swarm,
  teamblackminer,
  nvidia,
  amdgpu,
  intel,
  host,
  xmrigGeneric,
  cgminerGeneric,
];
