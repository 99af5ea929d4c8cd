/**
 * Calls `tick` again and again, never twice at once. The answer stops that and says what went wrong first, if nobody was
 * told of it.
 */
export function keepTicking(
  tick: () => Promise<void>,
  everyMs: number,
  onTrouble?: (error: Error) => void,
): () => Promise<Error | undefined> {
  let trouble: Error | undefined;
  let turn: Promise<void> | undefined;
  const once = async (): Promise<void> => {
    try {
      await tick();
    } catch (error) {
      const said = error instanceof Error ? error : new Error(String(error));
      if (onTrouble) onTrouble(said);
      else trouble ??= said;
    }
    turn = undefined;
  };
  const timer =
    everyMs > 0
      ? setInterval(() => {
          turn ??= once();
        }, everyMs)
      : undefined;
  return async () => {
    clearInterval(timer);
    await turn;
    return trouble;
  };
}
