/** cdk-nag's AwsSolutions rules at every synth: a finding that no reason accounts for stops it. */
import { type App, Validations } from 'aws-cdk-lib';
import { AwsSolutionsChecks } from 'cdk-nag';

/** Checks `app` when it is synthesized. */
export function checkBestPractice(app: App): void {
  // Reading every property, the rules touch deprecated ones, of which jsii would warn at each synth.
  process.env.JSII_DEPRECATED ??= 'quiet';
  Validations.of(app).addPlugins(new AwsSolutionsChecks(app));
}
