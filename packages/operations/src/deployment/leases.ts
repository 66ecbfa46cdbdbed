/**
 * The leases of a deployment: the one that has endpoints, and beside it that of the direct carrier, where any mirror may be carried without a task. Each
 * has its requests, its history and its ids; whoever shows requests reads both.
 */
import type { LeaseSettings } from '@hourglass/lease';
import { type Acceptation, readRequests } from '@hourglass/lease-dynamodb';
import type { Carrier } from '../model/index.ts';
import { settingsOf } from '../settings.ts';
import type { Deployment } from './open-deployment.ts';

export interface OwnLease {
  readonly id: string;
  readonly carrier: Carrier;
  readonly settings: LeaseSettings;
}

/** The lease that has endpoints comes first. */
export function leasesOf(deployment: Pick<Deployment, 'name' | 'description'>): OwnLease[] {
  const settings = settingsOf(deployment);
  const { directLease } = deployment.description;
  return [
    { id: deployment.name, carrier: 'fargate', settings },
    ...(directLease
      ? [{ id: directLease, carrier: 'direct' as const, settings: { ...settings, hasEndpoints: false } }]
      : []),
  ];
}

/** The requests of this id, whichever lease has accepted them. One that was handed over was accepted by both. */
export async function findRequests(deployment: Deployment, requestId: string): Promise<Acceptation[]> {
  const document = await deployment.clients.dynamoDb();
  const { table } = deployment.description;
  const found = leasesOf(deployment).map(({ id }) => readRequests(document, table, id, requestId));
  return (await Promise.all(found)).flat();
}
