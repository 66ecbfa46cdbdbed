/** The words of this room: a delivery comes in, an outcome goes out, and a server is what knows how to get from one to the other. */
import type { Fields } from './fields.ts';

/** Names in lower case. A header that came more than once is a list, or is joined with commas, and then fits no signature. */
export type DeliveryHeaders = Readonly<Record<string, string | readonly string[] | undefined>>;

/** One webhook call of a git server. */
export interface Delivery {
  readonly headers: DeliveryHeaders;
  /** The bytes as they came: signatures are over these. */
  readonly body: Uint8Array;
  /** The query of the address, where a token may stand in it: `token=…`. */
  readonly query?: string;
  /** The path of the address, where a token may stand in it: `/hooks/<source>/<token>`. */
  readonly path?: string;
  /** What the source is known by; two while one is replaced by the other. Each is tried, so that the answer's time gives nothing away. */
  readonly secrets: readonly string[];
  /** Epoch milliseconds. Matters where a signature binds the time. */
  readonly receivedAtMs: number;
}

/** A branch or tag that was written or deleted, by its full name. */
export interface RefChange {
  readonly ref: string;
  readonly deleted: boolean;
}

/** What the payload calls the repository. The address that is mirrored comes from the configuration, never from here. */
export interface NamedRepository {
  /** The most precise first: `group/name`, then `name`. */
  readonly names: readonly string[];
  readonly cloneUrls: readonly string[];
}

/** What a verified payload says. `why` of a push is what its sender should know about it; mostly null. */
export type Reading =
  | {
      readonly outcome: 'push';
      readonly repository: NamedRepository;
      readonly refs: readonly RefChange[];
      readonly why: string | null;
    }
  | { readonly outcome: 'ping'; readonly why: string }
  | { readonly outcome: 'ignored'; readonly why: string }
  | { readonly outcome: 'unreadable'; readonly why: string };

interface Known {
  readonly repository: NamedRepository;
  readonly refs: readonly RefChange[];
  /** As the server keeps it over its own repetitions; null if it has none. */
  readonly deliveryId: string | null;
}

/** What comes of a delivery. Every outcome has every field, so that it can be shown as it is; `why` is a sentence for people. */
export type Outcome =
  | (Known & { readonly outcome: 'push'; readonly why: string | null })
  | (Known & { readonly outcome: 'ping' | 'ignored'; readonly why: string })
  | (Known & {
      readonly outcome: 'refused';
      readonly why: string;
      /** 401: the signature; 400: the body cannot be read; 413: the body is too large to be read. */
      readonly status: 400 | 401 | 413;
      /** Whether the signature was right: then the sender is who it should be, and something was pushed, whatever the body says. */
      readonly authentic: boolean;
    });

export type Verdict = { readonly authentic: true } | { readonly authentic: false; readonly why: string };

/** One kind of git server. */
export interface Server {
  /** As people call it. */
  readonly title: string;
  /** Over the raw bytes, before anything of them is parsed. */
  verify(delivery: Delivery): Verdict;
  /** A ping that the server never signs. It must not be able to say anything else. */
  isUnsignedPing?(delivery: Delivery): boolean;
  deliveryId(delivery: Delivery, payload: Fields | undefined): string | undefined;
  read(payload: Fields, delivery: Delivery): Reading;
}
