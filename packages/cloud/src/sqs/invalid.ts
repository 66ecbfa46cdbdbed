/** SQS's error for a parameter out of bounds. */
import { AwsError } from '../errors.ts';

export function invalid(message: string): AwsError {
  return new AwsError('InvalidParameterValue', message);
}
