/**
 * How a device can misbehave on demand.
 * garbage: bytes that mean nothing. half: half a reply, then the end. huge: 100 MB. silent: takes the question and never
 * answers. refuse: nobody listens. redirect: points elsewhere on the same device (HTTP). slow: a few bytes a second.
 */
export const FAULTS = ["garbage", "half", "huge", "silent", "refuse", "redirect", "slow"] as const;

export type Fault = (typeof FAULTS)[number];

/** Which of them each kind of device can have; for the others there is no way to act them out. */
export const FAULTS_OF = {
  tcp: ["garbage", "half", "huge", "silent", "refuse", "slow"],
  line: ["garbage", "half", "huge", "silent", "refuse", "slow"],
  framed: ["garbage", "half", "huge", "silent", "refuse", "slow"],
  http: FAULTS,
  grpc: ["garbage", "half", "silent", "refuse"],
  nvidia: ["garbage", "half", "silent", "refuse"],
  amdgpu: ["garbage", "half", "refuse"],
} as const satisfies Record<string, readonly Fault[]>;

/** The fault of that name; undefined when there is none. */
export function faultOf(name: string): Fault | undefined {
  return FAULTS.find((fault) => fault === name);
}
