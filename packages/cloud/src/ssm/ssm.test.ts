import { GetParameterCommand, GetParametersCommand, paginateGetParametersByPath, SSMClient } from '@aws-sdk/client-ssm';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { createWorld, role, type World } from '../testing/world.ts';

const arn = 'arn:aws:ssm:ap-northeast-1:123456789012:parameter/team/own';
const keyArn = 'arn:aws:kms:ap-northeast-1:123456789012:key/mine';
let world: World;
beforeEach(async () => {
  const read = { Effect: 'Allow' as const, Action: 'ssm:GetParameter', Resource: arn };
  const list = {
    Effect: 'Allow' as const,
    Action: 'ssm:GetParametersByPath',
    Resource: 'arn:aws:ssm:ap-northeast-1:123456789012:parameter/listed',
  };
  const decrypt = {
    Effect: 'Allow' as const,
    Action: 'kms:Decrypt',
    Resource: keyArn,
    Condition: { StringEquals: { 'kms:ViaService': 'ssm.ap-northeast-1.amazonaws.com' } },
  };
  world = await createWorld({
    Reader: role('lambda.amazonaws.com', read, decrypt),
    Keyless: role('lambda.amazonaws.com', read),
    Lister: role('lambda.amazonaws.com', list),
    ...Object.fromEntries(
      Array.from({ length: 12 }, (_, index) => [
        `Listed${index}`,
        {
          Type: 'AWS::SSM::Parameter',
          Properties: { Type: 'String', Name: `/listed/in/${index}`, Value: `v${index}` },
        },
      ]),
    ),
  });
  world.cloud.putParameter('/team/own', 'swordfish', keyArn);
  world.cloud.putParameter('/team/other', 'other');
});
afterEach(() => world.close());

const as = (logicalId?: string) =>
  new SSMClient(world.clientOptions(logicalId && String(world.stack.resources.get(logicalId)?.attributes.Arn)));
const get = (client: SSMClient, Name: string, WithDecryption = true) =>
  client.send(new GetParameterCommand({ Name, WithDecryption }));

it('gives a SecureString, decrypted only where that is asked for', async () => {
  expect((await get(as(), '/team/own')).Parameter).toMatchObject({
    Value: 'swordfish',
    Type: 'SecureString',
    Version: 1,
    ARN: arn,
  });
  expect((await get(as(), '/team/own', false)).Parameter?.Value).not.toContain('swordfish');
  world.cloud.putParameter('/team/own', 'next', keyArn);
  expect((await get(as(), arn)).Parameter).toMatchObject({ Value: 'next', Version: 2 });
});

it('names what is not there', async () => {
  await expect(get(as(), '/team/none')).rejects.toMatchObject({ name: 'ParameterNotFound' });
  const many = new GetParametersCommand({ Names: ['/team/own', '/team/none'], WithDecryption: true });
  expect(await as().send(many)).toMatchObject({
    Parameters: [{ Value: 'swordfish' }],
    InvalidParameters: ['/team/none'],
  });
});

it('is given to whom IAM allows it, and decrypted for whom the key is allowed too', async () => {
  expect((await get(as('Reader'), '/team/own')).Parameter?.Value).toBe('swordfish');
  await expect(get(as('Reader'), '/team/other')).rejects.toMatchObject({ name: 'AccessDeniedException' });
  await expect(get(as('Keyless'), '/team/own')).rejects.toThrow(/kms:Decrypt/);
  expect((await get(as('Keyless'), '/team/own', false)).Parameter?.Name).toBe('/team/own');
});

it('lists what a template made below a path, page by page, to whom the path is allowed', async () => {
  const list = async (client: SSMClient, Path: string, Recursive = true) => {
    const found = [];
    for await (const { Parameters = [] } of paginateGetParametersByPath({ client }, { Path, Recursive })) {
      expect(Parameters.length).toBeLessThanOrEqual(10);
      found.push(...Parameters);
    }
    return found;
  };
  expect(await list(as('Lister'), '/listed')).toHaveLength(12);
  expect(await list(as('Lister'), '/listed/')).toHaveLength(12);
  expect(await list(as('Lister'), '/listed', false)).toEqual([]);
  expect((await list(as(), '/listed/in'))[0]).toMatchObject({ Name: '/listed/in/0', Type: 'String', Value: 'v0' });
  await expect(list(as('Lister'), '/team')).rejects.toMatchObject({ name: 'AccessDeniedException' });
});
