import { admissionEnv, text } from '@hourglass/shared';
import * as z from 'zod';

export const webhookEnv = z.object({
  ...admissionEnv,
  BUS_NAME: text,
  /** The key itself is nowhere in the deployment: only its SHA-256, in hexadecimal. */
  API_KEY_SHA256: z.string().regex(/^[0-9a-f]{64}$/i, 'must be a SHA-256 in hexadecimal'),
});

export type WebhookEnv = z.input<typeof webhookEnv>;
export type WebhookConfig = z.output<typeof webhookEnv>;
