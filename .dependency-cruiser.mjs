/**
 * The direction of imports, room by room. A room imports another by its package name only, and only what is listed here.
 */
const rooms = {
  'packages/lease': [],
  'packages/lease-dynamodb': ['packages/lease'],
  'packages/relay': [],
  'packages/sources': ['packages/relay'],
  'packages/webhooks': [],
  'packages/cost': ['packages/lease'],
  'packages/cloud': ['packages/lease'],
  'packages/console': ['packages/operations'],
  // Of what the services share: the contracts, and the deployment's description of itself.
  'packages/operations': [
    'packages/lease',
    'packages/lease-dynamodb',
    'packages/cost',
    'shared/src/(contracts/[^/]+|deployment-(description|needs)|dead-letter-message|tags)[.]ts$',
  ],
  'packages/cli': ['packages/[^/]+', 'services/[^/]+', 'shared'],
  // Of the relay shared takes the rules for addresses and for names in CodeCommit alone, so that every door has those that the push has.
  shared: ['packages/lease', 'packages/relay/src/(codecommit/address|address-rule)[.]ts$'],
  'services/webhook': ['shared', 'packages/webhooks'],
  // The two halves of the direct carrier are the only functions that speak git.
  'services/(?:fetcher|pusher)': [
    'shared',
    'packages/relay',
    'packages/sources',
    'packages/lease',
    'packages/lease-dynamodb',
  ],
  'services/(?!webhook/|fetcher/|pusher/)[^/]+': ['shared', 'packages/lease', 'packages/lease-dynamodb'],
  // Of the costs infra takes the table of prices alone, for what a synth says of an open hour; of the operations, what the preflight checks.
  infra: [
    'packages/cost/src/prices[.]ts$',
    'packages/operations/src/checks',
    'shared',
    'packages/webhooks',
    'services/[^/]+/src/config[.]ts$',
    'docker',
  ],
  docker: ['packages/relay', 'packages/sources', 'packages/lease-dynamodb'],
};
const anyRoom = '^(packages|services|shared|infra|docker|test)/';

const directions = Object.entries(rooms).map(([room, allowed]) => ({
  name: `${room.replaceAll(/[\\[\]^/+]+/g, '-')}-imports`,
  comment: `${room} may import ${allowed.join(', ') || 'nothing of ours'}`,
  severity: 'error',
  // A package is built of what its room starts as programs of their own.
  from: { path: `^(${room})/`, pathNot: 'tsdown[.]config[.]ts$' },
  to: {
    path: anyRoom,
    // $1 is the very room that the import stands in: services never import each other.
    pathNot: [`^$1/`, ...allowed.map((target) => `^${target}(/|$)`)],
  },
}));

export default {
  forbidden: [
    ...directions,
    {
      name: 'infra-takes-types-only-from-services',
      severity: 'error',
      from: { path: '^infra/' },
      to: { path: '^services/', dependencyTypesNot: ['type-only'] },
    },
    {
      name: 'nothing-imports-test',
      severity: 'error',
      from: { pathNot: '^test/' },
      to: { path: '^test/' },
    },
    {
      name: 'the-pure-core-knows-no-aws',
      comment: 'lease, cost and the relay get time and effects passed in',
      severity: 'error',
      from: { path: '^packages/(lease|cost)/src/', pathNot: '[.]test[.]ts$|-suite[.]ts$' },
      to: { path: 'node_modules', pathNot: '^packages/' },
    },
    {
      name: 'no-cycles',
      severity: 'error',
      from: {},
      to: { circular: true },
    },
    { name: 'all-imports-resolve', severity: 'error', from: {}, to: { couldNotResolve: true } },
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    exclude: { path: '(cdk[.]out|dist|[.]stryker-tmp)/' },
    tsPreCompilationDeps: true,
    parser: 'tsc',
    tsConfig: { fileName: 'tsconfig.base.json' },
    enhancedResolveOptions: { exportsFields: ['exports'], conditionNames: ['import', 'types', 'node', 'default'] },
  },
};
