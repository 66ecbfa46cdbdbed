import { leaseEnv } from '@hourglass/shared';
import * as z from 'zod';

export const teardownEnv = z.object(leaseEnv);

export type TeardownEnv = z.input<typeof teardownEnv>;
export type TeardownConfig = z.output<typeof teardownEnv>;
