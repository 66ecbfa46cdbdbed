/**
 * The tags that the functions give to what they make while the deployment runs: the endpoints and their stack, tasks, repositories. They are those
 * that a resource has that stands here: of the configuration, and of the app's own `Tags.of(…)`, which the CDK applies after everything is made.
 */
import { LEASE_TAG } from '@hourglass/shared/tags';
import { type ITaggableV2, Lazy, Stack, TagManager, TagType } from 'aws-cdk-lib';
import { Construct } from 'constructs';
import { findTagFaults } from './config-tags.ts';
import { maxTemplateBytes } from './endpoints-stack.ts';

/** What makes them too many. */
export interface RuntimeTagsProps {
  /** The value of the deployment's own tag. */
  readonly deployment: string;
  /** The endpoints stack's template, to each of whose endpoints the tags are added. */
  readonly endpointsTemplate: string;
  /** What else the runner's environment has that grows with the configuration. */
  readonly commands: string;
}

/** Room for both in a function's environment, beside what is always there: https://docs.aws.amazon.com/lambda/latest/dg/gettingstarted-limits.html */
const maxEnvironmentBytes = 2_610;

/** As taggable as a resource, and none. */
export class RuntimeTags extends Construct implements ITaggableV2 {
  readonly cdkTagManager = new TagManager(TagType.STANDARD, 'AWS::CloudFormation::Stack');
  /** A JSON object, known once the app is synthesized. */
  readonly json: string;

  constructor(scope: Construct, id: string, props: RuntimeTagsProps) {
    super(scope, id);
    this.json = Lazy.string({ produce: () => Stack.of(this).toJsonString(this.#given()) });
    this.node.addValidation({ validate: () => this.#findFaults(props) });
  }

  #given(): Record<string, string> {
    const { [LEASE_TAG]: _own, ...given } = this.cdkTagManager.tagValues();
    return given;
  }

  #findFaults({ deployment, endpointsTemplate, commands }: RuntimeTagsProps): string[] {
    const given = this.#given();
    const faults = findTagFaults(given).map(
      ({ key, message }) => `tags${key === undefined ? '' : `.${key}`}: ${message}`,
    );
    if (this.cdkTagManager.tagValues()[LEASE_TAG] !== deployment) {
      faults.push(`tags.${LEASE_TAG}: must be left alone: by it the deployment knows what is its own`);
    }
    const bytes = Buffer.byteLength(JSON.stringify(given));
    const endpoints = endpointsTemplate.split('"AWS::EC2::VPCEndpoint"').length - 1;
    // Written out, a tag of a template takes a few characters more.
    const written = bytes + 24 * Object.keys(given).length;
    if (bytes + commands.length > maxEnvironmentBytes) {
      const together = `${maxEnvironmentBytes} bytes together with commands (a function's environment is limited to 4 KB)`;
      faults.push(`tags: must take at most ${together}; they take ${bytes}, and commands ${commands.length}`);
    } else if (Buffer.byteLength(endpointsTemplate) + endpoints * written > maxTemplateBytes) {
      faults.push(
        `tags: are too long for ${endpoints} endpoints, each of which has them: their template may have ${maxTemplateBytes} bytes`,
      );
    }
    return faults;
  }
}
