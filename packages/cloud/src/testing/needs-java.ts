/** For a test that needs DynamoDB Local: without a Java that runs it, the test is skipped and listed as such. */
import { findJava } from '../dynamodb/local.ts';

const runs = await findJava().then(
  () => true,
  () => false,
);

/** As the options of `describe` or `it`; `missing` is what the suite's report lists. */
export const needsJava = { skip: !runs, meta: { missing: runs ? [] : ['java'] } };
