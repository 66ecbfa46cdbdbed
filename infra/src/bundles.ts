/** The part of a deployment's assets that is the same for every configuration. */
import type { ServiceName } from './names.ts';

/** What does not depend on the configuration. */
export interface Bundles {
  /** The directory of each service's bundle; the provisioner's may be written to. */
  readonly services: Record<ServiceName, string>;
  /** The bundle of the function that removes the endpoints stack before the control plane goes. */
  readonly cleanUp: string;
  /** Build context of the task image. */
  readonly imageContext: string;
}
