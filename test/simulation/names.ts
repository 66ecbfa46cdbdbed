/** The deployment that is simulated. */
export const LEASE_ID = 'test';
export const TABLE = `hourglass-${LEASE_ID}`;
