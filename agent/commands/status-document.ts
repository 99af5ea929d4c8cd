import * as z from "zod";

/** /api/status as `rig-agent status` understands it; what a newer agent adds is let through and not shown. */
export const STATUS_DOCUMENT = z.looseObject({
  version: z.string(),
  simulated: z.boolean(),
  health: z.object({ level: z.enum(["ok", "warning", "broken"]), reasons: z.array(z.string()) }),
  rig: z.string().nullable(),
  uptime_ms: z.number(),
  at_ms: z.number(),
  delivery: z.looseObject({
    connected: z.boolean(),
    outbox: z.number(),
    unsigned: z.number(),
    oldest_unreceipted_ms: z.number().nullable(),
    last_receipt: z.object({ sequence: z.string(), era: z.number(), at_ms: z.number() }).nullable(),
    sequence: z.string().nullable(),
    era: z.number().nullable(),
  }),
  devices: z.array(
    z.looseObject({
      label: z.string(),
      state: z.enum(["ok", "outage", "waiting"]),
      sample_age_ms: z.number().nullable(),
      readings: z.array(
        z.looseObject({
          metric: z.string(),
          part: z.string(),
          value: z.number(),
          algorithm: z.string().optional(),
        }),
      ),
    }),
  ),
});

export type StatusDocument = z.output<typeof STATUS_DOCUMENT>;
