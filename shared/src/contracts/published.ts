/**
 * The contracts for others: a JSON Schema of each event's `detail`, and the whole bus as AsyncAPI 3, both made of the zod schemas that the services
 * themselves check with. `write-published.ts` writes them to `shared/contracts/`; a test keeps them true.
 */
import * as z from 'zod';
import type { Contract } from './contract.ts';
import { internalContracts } from './internal.ts';
import { operatorContracts } from './operator.ts';
import { MirrorRequested, TaskRequested } from './requests.ts';

/** What anybody may send, in one of the sources that may ask. */
const requestContracts = [MirrorRequested, TaskRequested, ...operatorContracts] as const;

/** Every event of a deployment's own bus. */
export const publishedContracts: readonly Contract[] = [...requestContracts, ...internalContracts];

const ASYNCAPI = '3.0.0';

/** File names below `shared/contracts/`, each with its text. */
export function renderContracts(): Record<string, string> {
  const schemas = publishedContracts.map((contract) => [`${contract.name}.json`, schemaOf(contract)] as const);
  const files = [...schemas, ['asyncapi.json', describeBus()] as const];
  return Object.fromEntries(files.map(([file, content]) => [file, `${JSON.stringify(content, null, 2)}\n`]));
}

/** Of `detail`, draft 2020-12. What a schema cannot say (a name that must not end in `.git`), the deployment checks all the same. */
function schemaOf({ name, version, detail }: Contract) {
  const { $schema, ...schema } = z.toJSONSchema(detail, { io: 'input' });
  return { $schema, $id: `urn:hourglass:event:${name}:v${version}`, title: name, ...schema };
}

function describeBus() {
  const isRequest = ({ name }: Contract) => requestContracts.some((request) => request.name === name);
  const reference = ({ name }: Contract) => ({ $ref: `#/channels/bus/messages/${name}` });
  const operation = (action: 'send' | 'receive', contracts: readonly Contract[]) => ({
    action,
    channel: { $ref: '#/channels/bus' },
    messages: contracts.map(reference),
  });
  return {
    asyncapi: ASYNCAPI,
    info: {
      title: 'Hourglass',
      version: '1',
      description:
        "The event bus of a deployment: what may be asked, and what is published. Each message is an EventBridge event; its payload here is the event's `detail`.",
    },
    defaultContentType: 'application/json',
    channels: {
      bus: {
        address: 'hourglass-{deployment}',
        description: 'An EventBridge event bus.',
        parameters: { deployment: { description: "The deployment's name.", default: 'main' } },
        messages: Object.fromEntries(
          publishedContracts.map((contract) => [contract.name, { $ref: `#/components/messages/${contract.name}` }]),
        ),
      },
    },
    // From the deployment's side, as AsyncAPI 3 says it: it receives requests and sends the rest.
    operations: {
      takeRequests: operation('receive', publishedContracts.filter(isRequest)),
      publish: operation(
        'send',
        publishedContracts.filter((contract) => !isRequest(contract)),
      ),
    },
    components: {
      messages: Object.fromEntries(
        publishedContracts.map((contract) => [
          contract.name,
          {
            name: contract.name,
            title: contract.name,
            'x-detail-type': contract.name,
            'x-sources': contract.sources,
            payload: schemaOf(contract),
          },
        ]),
      ),
    },
  };
}
