/** The deployment that is simulated. */
export const LEASE_ID = 'test';
/** Of what the direct carrier mirrors. */
export const DIRECT_LEASE_ID = `${LEASE_ID}-direct`;
export const TABLE = `hourglass-${LEASE_ID}`;
