/**
 * Roles, users, their policies and their keys. A call is known by the access key id alone: signatures are not checked, since the
 * caller and this room share no secret worth guarding.
 */
import { AwsError, accessDenied } from '../errors.ts';
import type { Identifiers } from '../identifiers.ts';
import { partitionOf } from '../partition.ts';
import type { Credentials, Demand, PolicyDocument, Principal } from '../service.ts';
import { asTexts, type ConditionContext } from './conditions.ts';
import { accountOf, evaluate, type Verdict } from './evaluate.ts';

export interface Role {
  readonly arn: string;
  readonly name: string;
  readonly roleId: string;
  readonly trust: PolicyDocument;
  /** Inline policies by name. */
  readonly inline: Map<string, PolicyDocument>;
  /** ARNs of managed policies. */
  readonly managed: Set<string>;
}

interface User {
  readonly arn: string;
  readonly inline: Map<string, PolicyDocument>;
  readonly managed: Set<string>;
}

export class Directory {
  readonly account: string;
  readonly region: string;
  readonly #identifiers: Identifiers;
  readonly roles = new Map<string, Role>();
  readonly users = new Map<string, User>();
  readonly managedPolicies = new Map<string, PolicyDocument>();
  /** Service control policies: they allow nothing, and what one denies nobody of the account may, whatever his own policies say. */
  organizationPolicies: readonly PolicyDocument[] = [];
  readonly #principals = new Map<string, Principal>();
  readonly #credentials = new Map<string, Credentials>();

  constructor(account: string, region: string, identifiers: Identifiers) {
    this.account = account;
    this.region = region;
    this.#identifiers = identifiers;
  }

  get root(): Principal {
    return { kind: 'root', arn: `arn:${partitionOf(this.region).name}:iam::${this.account}:root` };
  }

  /** The principal of a role's session, if `service` may assume it. Throws AccessDenied. */
  assume(roleArn: string, service: string, options: { sessionName?: string; sourceArn?: string } = {}): Principal {
    const role = this.#role(roleArn);
    const caller: Principal = {
      kind: 'service',
      arn: service,
      service,
      ...(options.sourceArn === undefined ? {} : { sourceArn: options.sourceArn }),
    };
    this.checkTrust(role, caller);
    return this.sessionOf(roleArn, options.sessionName ?? service.split('.')[0] ?? 'session');
  }

  /** Throws AccessDenied unless the role's trust policy lets `caller` assume it. */
  checkTrust(role: Role, caller: Principal): void {
    const verdict = evaluate(
      {
        principal: caller,
        account: this.account,
        action: 'sts:AssumeRole',
        resource: role.arn,
        context: this.#context(caller, {}),
        onlyResourcePolicy: true,
      },
      [],
      role.trust,
    );
    if (!verdict.allowed) {
      throw new AwsError(
        'AccessDenied',
        `${caller.arn} is not authorized to perform: sts:AssumeRole on resource: ${role.arn} ${verdict.reason}`,
        { httpStatus: 403 },
      );
    }
  }

  /** A session of a role that exists, without asking its trust policy. */
  sessionOf(roleArn: string, sessionName: string): Principal {
    const role = this.#role(roleArn);
    return {
      kind: 'role',
      roleArn,
      arn: `arn:${role.arn.split(':')[1]}:sts::${this.account}:assumed-role/${role.name}/${sessionName}`,
    };
  }

  credentialsFor(principal: Principal): Credentials {
    const known = this.#credentials.get(principal.arn);
    if (known !== undefined) {
      return known;
    }
    const credentials: Credentials = {
      accessKeyId: `${principal.kind === 'role' ? 'ASIA' : 'AKIA'}${this.#identifiers.newCode(16)}`,
      secretAccessKey: this.#identifiers.newHex(40),
      sessionToken: this.#identifiers.newHex(64),
    };
    this.#credentials.set(principal.arn, credentials);
    this.#principals.set(credentials.accessKeyId, principal);
    return credentials;
  }

  /** Throws UnrecognizedClientException. */
  principalOfKey(accessKeyId: string | undefined): Principal {
    const principal = accessKeyId === undefined ? undefined : this.#principals.get(accessKeyId);
    if (principal === undefined) {
      throw new AwsError('UnrecognizedClientException', 'The security token included in the request is invalid.', {
        httpStatus: 403,
      });
    }
    return principal;
  }

  /** Throws AccessDeniedException unless every resource of the demand is allowed. */
  check(principal: Principal, demand: Demand, resourcePolicy: (resource: string) => PolicyDocument | undefined): void {
    const context = this.#context(principal, demand.conditions ?? {});
    const policies = this.#policiesOf(principal);
    for (const resource of demand.resources) {
      const verdict = evaluate(
        { principal, account: this.account, action: demand.action, resource, context },
        policies,
        resourcePolicy(resource),
        this.organizationPolicies,
      );
      if (!verdict.allowed) {
        throw accessDenied(principal.arn, demand.action, resource, verdict.reason);
      }
    }
  }

  /** What the caller's own policies say of one resource. */
  judge(principal: Principal, demand: Demand, resource: string): Verdict {
    const context = this.#context(principal, demand.conditions ?? {});
    const request = { principal, account: this.account, action: demand.action, resource, context };
    return evaluate(request, this.#policiesOf(principal), undefined);
  }

  #role(roleArn: string): Role {
    const role = this.roles.get(roleArn);
    if (role === undefined) {
      throw new AwsError('NoSuchEntity', `The role ${roleArn} cannot be found.`, { httpStatus: 404 });
    }
    return role;
  }

  #policiesOf(principal: Principal): readonly PolicyDocument[] {
    if (principal.kind === 'outsider') return principal.policies;
    const holder =
      principal.kind === 'role'
        ? this.roles.get(principal.roleArn)
        : principal.kind === 'user'
          ? this.users.get(principal.userName)
          : undefined;
    if (holder === undefined) {
      return [];
    }
    const managed = [...holder.managed]
      .map((arn) => this.managedPolicies.get(arn))
      .filter((policy) => policy !== undefined);
    return [...holder.inline.values(), ...managed];
  }

  #context(principal: Principal, conditions: NonNullable<Demand['conditions']>): ConditionContext {
    const context = new Map<string, readonly string[]>([
      ['aws:securetransport', ['true']],
      ['aws:requestedregion', [this.region]],
      ['aws:principalarn', [principal.kind === 'role' ? principal.roleArn : principal.arn]],
      ['aws:principalisawsservice', [String(principal.kind === 'service')]],
    ]);
    if (principal.kind === 'service') {
      context.set('aws:sourceaccount', [this.account]);
      if (principal.sourceArn !== undefined) {
        context.set('aws:sourcearn', [principal.sourceArn]);
      }
    } else {
      context.set('aws:principalaccount', [accountOf(principal)]);
    }
    for (const [key, value] of Object.entries(conditions)) {
      context.set(key.toLowerCase(), asTexts(value));
    }
    return context;
  }
}
