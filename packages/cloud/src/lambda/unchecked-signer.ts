/**
 * Takes the place of `SignatureV4` in a function's clients: it names caller, region and service, which is all that the gateway reads of a signature.
 * To compute signatures that nobody checks was a quarter of the time of a simulation.
 */
export function createUncheckedSigner(accessKeyId: string | undefined) {
  return class {
    readonly #scope: string;

    constructor({ region, service }: { region: string; service: string }) {
      this.#scope = `${region}/${service}/aws4_request`;
    }

    async sign<T extends { headers: Record<string, string> }>(request: T): Promise<T> {
      request.headers.authorization = `AWS4-HMAC-SHA256 Credential=${accessKeyId}/19700101/${this.#scope}`;
      return request;
    }
  };
}
