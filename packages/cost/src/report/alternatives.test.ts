import { describe, expect, it } from 'vitest';
import { alternativePrices, type DatedPrice, regionsWithAlternatives } from '../prices-alternatives.ts';
import { functionPrices } from '../prices-functions.ts';
import { priceAlternatives, type Workload } from './alternatives.ts';

const tokyo = alternativePrices('ap-northeast-1');
if (!tokyo) throw new Error('Tokyo has prices');
const endpointHour: DatedPrice = { usd: 0.014, per: 'hour', sourceUrl: 'https://example.com/', asOf: '2025-06-01' };
const work: Workload = {
  endpoints: 5,
  zones: 1,
  endpointHour,
  requestsPerMonth: 40,
  taskSeconds: 90,
  gbPerMonth: 0,
};
const usdOf = (name: string, changed: Partial<Workload> = {}) =>
  priceAlternatives({ ...work, ...changed }, tokyo, functionPrices('ap-northeast-1')).find((way) => way.name === name)
    ?.usdPerMonth;

describe('alternatives', () => {
  it('cost what the price pages add up to', () => {
    expect(usdOf('Endpoints always on')).toBeCloseTo(51.1);
    expect(usdOf('NAT gateway')).toBeCloseTo(730 * (0.062 + 0.005));
    expect(usdOf('NAT instance')).toBeCloseTo(730 * (0.0054 + 0.005) + 8 * 0.096);
    expect(usdOf('Function beside one endpoint, always on')).toBeCloseTo(10.22);
    expect(usdOf('Public address for each task')).toBeCloseTo(0.005);
  });

  it('pay by Zone and by the gigabyte where AWS does', () => {
    expect(usdOf('NAT gateway', { zones: 2, gbPerMonth: 100 })).toBeCloseTo(2 * 730 * 0.067 + 6.2);
    expect(usdOf('Endpoints always on', { zones: 2, gbPerMonth: 100 })).toBeCloseTo(103.2);
  });

  it('hold a public address for a minute at least', () => {
    expect(usdOf('Public address for each task', { taskSeconds: 1 })).toBeCloseTo((40 * 60 * 0.005) / 3600);
  });

  it('stand dearest first, and what does not work last', () => {
    const usd = priceAlternatives(work, tokyo, functionPrices('ap-northeast-1')).map((way) => way.usdPerMonth ?? -1);
    expect(usd).toEqual(usd.toSorted((one, other) => other - one));
    expect(usd.at(-1)).toBe(-1);
  });

  it('name what people use instead, and what each gives up', () => {
    const ways = priceAlternatives(work, tokyo, functionPrices('ap-northeast-1'));
    expect(ways.map(({ name }) => name)).toEqual([
      'Endpoints always on',
      'NAT gateway',
      'Function beside one endpoint, always on',
      'NAT instance',
      'CodeBuild',
      'Public address for each task',
      'Hourglass, direct carrier',
      'Push from on-premises itself',
      'Egress-only IPv6',
    ]);
    expect(ways.every(({ but }) => but.length > 40)).toBe(true);
    expect(usdOf('CodeBuild')).toBeCloseTo(40 * 2 * 0.005);
    expect(priceAlternatives(work, tokyo, undefined).map(({ name }) => name)).not.toContain('CodeBuild');
  });
});

describe('the price table', () => {
  it('says for each price where it stands, and when it held if anybody has said so', () => {
    expect(regionsWithAlternatives).toEqual(expect.arrayContaining(['ap-northeast-1', 'us-east-1']));
    for (const region of regionsWithAlternatives) {
      for (const price of Object.values(alternativePrices(region) ?? {})) {
        expect(price.usd).toBeGreaterThan(0);
        expect(price.sourceUrl).toMatch(/^https:\/\/aws\.amazon\.com\//);
        if (price.asOf !== null) expect(price.asOf).toMatch(/^\d{4}-\d{2}-\d{2}$/);
      }
    }
    expect(alternativePrices('ap-northeast-1')?.natGatewayHour.asOf).toBe('2026-09-25');
    expect(alternativePrices('ap-northeast-1')?.gp3GbMonth.asOf).toBeNull();
  });

  it('gives way to the caller’s own prices', () => {
    expect(alternativePrices('ap-northeast-1', { natGatewayHour: endpointHour })?.natGatewayHour.usd).toBe(0.014);
  });

  it('knows a strange Region only if every price is given', () => {
    expect(alternativePrices('sa-east-1', { natGatewayHour: endpointHour })).toBeUndefined();
    expect(alternativePrices('toString')).toBeUndefined();
    expect(alternativePrices('sa-east-1', tokyo)).toEqual(tokyo);
  });
});
