/** Unix ms that neither step nor run backwards: the wall clock of the start, carried on by the monotonic one. */
export function steadyClock(): () => number {
  const startedMs = Date.now() - performance.now();
  return () => Math.floor(startedMs + performance.now());
}
