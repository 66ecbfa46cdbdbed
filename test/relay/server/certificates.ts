/** An https server's certificate and the authority that signed it, as a company has its own; all in PEM. */
import { type GenerateResult, generate } from 'selfsigned';

export interface Certificates {
  /** Of a server at `name`. */
  readonly server: { readonly key: string; readonly cert: string };
  /** What a client trusts. */
  readonly authority: string;
  /** An authority that has signed nothing here. */
  readonly otherAuthority: string;
}

export async function createCertificates(name: string): Promise<Certificates> {
  const [authority, other] = await Promise.all([
    createAuthority('Our own authority'),
    createAuthority("Somebody else's authority"),
  ]);
  const server = await generate([{ name: 'commonName', value: name }], {
    ...KIND,
    ca: { key: authority.private, cert: authority.cert },
    extensions: [{ name: 'subjectAltName', altNames: [{ type: 2, value: name }] }],
  });
  return {
    server: { key: server.private, cert: server.cert },
    authority: authority.cert,
    otherAuthority: other.cert,
  };
}

const KIND = { keyType: 'ec', algorithm: 'sha256' } as const;

function createAuthority(name: string): Promise<GenerateResult> {
  const extensions = [{ name: 'basicConstraints', cA: true, critical: true } as const];
  return generate([{ name: 'commonName', value: name }], { ...KIND, extensions });
}
