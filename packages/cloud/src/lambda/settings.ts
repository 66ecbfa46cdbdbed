/** What a function is deployed with. */
export interface FunctionSettings {
  readonly name: string;
  readonly arn: string;
  readonly roleArn: string;
  readonly handler: string;
  readonly codeDir: string;
  readonly timeoutMs: number;
  readonly memoryMb: number;
  readonly variables: Readonly<Record<string, string>>;
  readonly logGroup: string;
  readonly reservedConcurrency: number | undefined;
  /** Where its calls start from; outside of any VPC if not there. */
  readonly vpc: { readonly securityGroupIds: readonly string[]; readonly subnetIds: readonly string[] } | undefined;
  readonly deadLetterArn: string | undefined;
}
