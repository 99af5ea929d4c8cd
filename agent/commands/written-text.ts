import type { Written } from "./discover-write.ts";
import { columns, printable } from "./text.ts";

/** What was changed in a settings file, for a person. */
export function writtenLines({ file, backup, added, moved, kept, left }: Written): string[] {
  return [
    "",
    backup === undefined
      ? `${file} was not changed.`
      : `${file} (before: ${backup}); restart rig-agent to use it.`,
    ...added.map((name) => `  added ${name}`),
    ...moved.map((name) => `  moved ${name}`),
    ...(kept.length > 0 ? [`  ${kept.length} were there already`] : []),
    ...(left.length > 0 ? ["", "These were found and not written:"] : []),
    ...columns(
      left.map(({ address, why }) => [address, printable(why)]),
      "  ",
    ),
  ];
}
