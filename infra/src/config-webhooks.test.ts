import { describe, expect, test } from 'vitest';
import { type HourglassConfigInput, parseConfig } from './config.ts';
import { exampleConfig } from './example-config.ts';
import { base, ExampleTemplate } from './synthesize-example.ts';

const secret = '/hourglass/main/webhooks/gitlab-main';
const kmsKeyArn = 'arn:aws:kms:ap-northeast-1:111111111111:key/0a1b2c3d';
const repositories = { app: { source: 'https://git.example.com/team/app.git' } };
const good = { server: 'gitlab' as const, secret };
const configured = (more: object) => ({ ...exampleConfig, repositories, ...more }) as HourglassConfigInput;

describe('webhooks', () => {
  test.each([
    [{ 'gitlab-main': { ...good, server: 'gitea2' } }, /^webhooks\.gitlab-main\.server: must be one of github, gitlab/],
    [{ 'gitlab-main': { server: 'gitlab' } }, /^webhooks\.gitlab-main\.secret: is missing \(.*Parameter Store/],
    [{ main: { ...good, secret: '' } }, /^webhooks\.main\.secret: must be the name of a SecureString/],
    [{ main: { ...good, secret: { kmsKeyArn } } }, /^webhooks\.main\.secret\.parameter: is missing/],
    [{ main: { ...good, secret: { parameter: '/a', kmsKeyArn: 'alias/x' } } }, /secret\.kmsKeyArn: must be the ARN/],
    [{ 'Git Lab': good }, /^webhooks\.Git Lab: names of webhooks/],
    [{ main: { ...good, hosts: ['other.example.com'] } }, /^webhooks\.main\.hosts.*is none of sources\.hosts/],
    [{ main: { ...good, hosts: ['localhost:8080'] } }, /^webhooks\.main: could ask for nothing/],
    [{ main: { ...good, token: 'x' } }, /^webhooks\.main\.token: unknown key; known here: server, secret, hosts/],
  ])('%j is refused by name', (webhooks, message) => {
    expect(() => parseConfig(configured({ webhooks }))).toThrow(message);
  });

  test.each(['hunter2-hunter2', 'whsec_c2VjcmV0', 123456])(
    'with the secret itself (%s) are refused, and the message does not repeat it',
    (value) => {
      const fault = fail(() => parseConfig(configured({ webhooks: { main: { ...good, secret: value } } })));
      expect(fault).toMatch(/^webhooks\.main\.secret: must be the name of a SecureString/);
      expect(fault).not.toContain(String(value));
    },
  );

  test('need repositories with their sources', () => {
    const webhooks = { main: good };
    for (const none of [undefined, ['app'], { app: {} }]) {
      expect(() => parseConfig(configured({ webhooks, repositories: none }))).toThrow(/^webhooks\.main: could ask for/);
    }
  });

  test.each([
    ['https://git.example.com/team/app', {}],
    ['git@git.example.com:team/app.git', { main: good }],
    ['https://git.example.com/Team/App.git', { main: good }],
  ])('two repositories of one address (%s) are refused, both by name', (source, webhooks) => {
    const two = { ...repositories, copy: { source } };
    expect(() => parseConfig(configured({ webhooks, repositories: two }))).toThrow(
      /^repositories\.copy\.source: must be another one: app and copy have one source address/,
    );
  });
});

describe("the webhook of a deployment's template", () => {
  const webhooks = {
    'gitlab-main': { server: 'gitlab' as const, secret: { parameter: secret, kmsKeyArn } },
    backlog: { server: 'backlog' as const, secret: '/team/backlog' },
  };
  const { apiKeySha256: _, ...keyless } = exampleConfig;
  const template = new ExampleTemplate({ ...keyless, repositories, webhooks });

  test('has routes for git servers, and none for clients where there is no key for them', () => {
    const keys = template.resources('ApiGatewayV2::Route').map(({ Properties }) => Properties.RouteKey);
    expect(keys.sort()).toEqual(['POST /hooks/{source}', 'POST /hooks/{source}/{token}']);
  });

  test('takes far more from git servers than from clients, who ask again when they got 429', () => {
    const more = { ThrottlingRateLimit: 200, ThrottlingBurstLimit: 400 };
    const [stage] = template.resources('ApiGatewayV2::Stage');
    expect(stage?.Properties).toMatchObject({
      DefaultRouteSettings: { ThrottlingRateLimit: 10, ThrottlingBurstLimit: 20 },
      RouteSettings: { 'POST /hooks/{source}': more, 'POST /hooks/{source}/{token}': more },
    });
    // API Gateway refuses settings of a route that is not there yet.
    const routes = template.resources('ApiGatewayV2::Route').map(({ id }) => id);
    expect(template.json.Resources[stage?.id ?? ''].DependsOn).toEqual(expect.arrayContaining(routes));
    const set = new ExampleTemplate({
      ...keyless,
      repositories,
      webhooks,
      webhook: { requestsPerSecond: 900, burst: 30 },
    });
    expect(set.resources('ApiGatewayV2::Stage')[0]?.Properties).toMatchObject({
      RouteSettings: { 'POST /hooks/{source}': { ThrottlingRateLimit: 900, ThrottlingBurstLimit: 400 } },
    });
  });

  test('reads exactly the secrets that are named, and decrypts with the named key by way of Parameter Store only', () => {
    const granted = template.grantsOf('webhook').filter(({ actions }) => !/^(logs|events):/.test(actions[0] ?? ''));
    expect(granted).toMatchObject([
      {
        actions: ['ssm:GetParameter'],
        resources: [{ 'Fn::Join': expect.anything() }, { 'Fn::Join': expect.anything() }],
      },
      {
        actions: ['kms:Decrypt'],
        resources: [kmsKeyArn],
        condition: { StringEquals: { 'kms:ViaService': expect.anything() } },
      },
    ]);
    const named = JSON.stringify(granted[0]?.resources);
    expect(named).toContain(`:parameter${secret}"`);
    expect(named).toContain(':parameter/team/backlog"');
    expect(named).not.toContain('*');
  });

  test('knows where its secrets rest and what it may mirror', () => {
    const { Environment } = template.named('Lambda::Function', 'FunctionName', `${base}-webhook`).Properties;
    expect(JSON.parse(Environment.Variables.WEBHOOKS)).toEqual({
      'gitlab-main': { server: 'gitlab', parameter: secret },
      backlog: { server: 'backlog', parameter: '/team/backlog' },
    });
    expect(JSON.parse(Environment.Variables.REPOSITORY_SOURCES)).toEqual({ app: repositories.app.source });
    expect(Environment.Variables.API_KEY_SHA256).toBe('');
  });

  test('takes the tokens of an identity provider where one is named', () => {
    const oauth = { issuer: 'https://id.example.com/', audience: 'hourglass', jwksUrl: 'https://id.example.com/keys' };
    const made = new ExampleTemplate({ ...keyless, webhook: { oauth } });
    const { Environment } = made.named('Lambda::Function', 'FunctionName', `${base}-webhook`).Properties;
    expect(JSON.parse(Environment.Variables.OAUTH)).toEqual(oauth);
    expect(made.resources('ApiGatewayV2::Route').map(({ Properties }) => Properties.RouteKey)).toEqual([
      'POST /requests',
    ]);
    expect(() =>
      parseConfig(configured({ webhook: { oauth: { ...oauth, jwksUrl: 'http://id.example.com/' } } })),
    ).toThrow(/^webhook\.oauth\.jwksUrl: must be an https URL/);
  });
});

function fail(run: () => void): string {
  try {
    run();
  } catch (error) {
    return (error as Error).message;
  }
  throw new Error('nothing was refused');
}
