/** Before any schema is made: the policy of the page lets nothing be compiled from text, and zod would try. */
import { config } from 'zod';

config({ jitless: true });
