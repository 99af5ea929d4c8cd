import { attestedBy, sleep, type Taken, watch, withRig } from "./rig.ts";

/** What an agent takes of its host while it reads twelve GPUs every ten seconds. */
export interface Footprint extends Taken {
  readonly seconds: number;
  readonly attested: number;
}

const WARM_UP_S = 20;

/** Runs simulator, coordinator and agent as processes of their own and looks at the agent's from outside. */
export function measureFootprint(seconds: number): Promise<Footprint> {
  const options = {
    devices: "trex:1x12,nvidia",
    baseAddress: "127.0.77.0",
    ports: "any",
    pace: { window: "1m", interval: "10s", timeout: "5s", batch: "5s" },
  } as const;
  return withRig(options, async (rig) => {
    await sleep(WARM_UP_S);
    const taken = await watch(rig.agent, seconds);
    return { seconds, ...taken, attested: await attestedBy(rig) };
  });
}
