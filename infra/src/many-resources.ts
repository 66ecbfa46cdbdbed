/**
 * Permissions that name more than a role's inline policies hold. IAM takes 10,240 characters of these, and up to ten managed policies of 6,144 beside:
 * a statement of many names goes there in parts, so that each name still stands by itself.
 * https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_iam-quotas.html
 */
import { ManagedPolicy, PolicyStatement } from 'aws-cdk-lib/aws-iam';
import { Construct } from 'constructs';
import { charsOfNames } from './config-repositories.ts';

/** A statement of fewer stays where it is. */
const fewChars = 2_000;
/** Of 6,144, beside the statement's own words. */
const maxChars = 5_500;

/** @returns the statements for the role's own policy, and policies to attach to it */
export function spreadStatements(
  scope: Construct,
  id: string,
  statements: readonly PolicyStatement[],
): { inline: PolicyStatement[]; managed: ManagedPolicy[] } {
  // What has a wildcard is judged, and accepted, where it stands: in the role itself.
  const isLong = ({ resources }: PolicyStatement) =>
    charsOfArns(resources) > fewChars && !resources.some((arn) => arn.includes('*'));
  const parent = new Construct(scope, id);
  // A command's statements have no name, and there may be several.
  const managed = statements.filter(isLong).flatMap((statement, number) =>
    inParts(statement.resources).map((resources, index) => {
      const { sid = 'Many', effect, actions, conditions } = statement;
      const part = new PolicyStatement({ sid, effect, actions, resources, conditions });
      return new ManagedPolicy(parent, `${sid}${number}-${index}`, { statements: [part] });
    }),
  );
  return { inline: statements.filter((statement) => !isLong(statement)), managed };
}

function inParts(arns: readonly string[]): string[][] {
  const parts: string[][] = [];
  for (const arn of arns) {
    const last = parts.at(-1);
    if (last === undefined || charsOfArns([...last, arn]) > maxChars) parts.push([arn]);
    else last.push(arn);
  }
  return parts;
}

/** An ARN of this stack's Region and account ends in its name; what stands before may be a token. */
function charsOfArns(arns: readonly string[]): number {
  return charsOfNames(arns.map((arn) => arn.split(':').slice(5).join(':')));
}
