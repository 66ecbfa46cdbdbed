"""moto's judgement of what policies allow. Standard input: {"policies": {role: [document, ...]}, "questions": [[role, action, resource], ...]};
standard output: a list of true and false. An explicit deny wins over all policies of a role, else one that permits is enough."""
import json
import sys

from moto.iam.access_control import IAMPolicy, PermissionResult

asked = json.load(sys.stdin)
policies = {
    role: [IAMPolicy({"policy_document": json.dumps(document)}) for document in documents]
    for role, documents in asked["policies"].items()
}


def allows(role, action, resource):
    results = [policy.is_action_permitted(action, resource) for policy in policies[role]]
    return PermissionResult.PERMITTED in results and PermissionResult.DENIED not in results


json.dump([allows(*question) for question in asked["questions"]], sys.stdout)
