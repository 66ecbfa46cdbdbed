/** How both stacks are synthesized. */
import { DefaultStackSynthesizer, type IStackSynthesizer } from 'aws-cdk-lib';

/**
 * The default synthesizer without the rule that compares bootstrap versions: the CDK CLI checks the version by itself,
 * and so neither template has a parameter that a reader, or another deployer, would have to fill in.
 */
export function createSynthesizer(): IStackSynthesizer {
  // The CDK declares the class's optional properties as `string | undefined`, its own interface as `string`.
  return new DefaultStackSynthesizer({ generateBootstrapVersionRule: false }) as unknown as IStackSynthesizer;
}
