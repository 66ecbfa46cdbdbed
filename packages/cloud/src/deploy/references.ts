/**
 * What a template's value refers to: the order of creation follows from it.
 */

/** The logical ids (and parameters) a value refers to, for the order of creation. */
export function collectReferences(value: unknown, into: Set<string> = new Set()): Set<string> {
  if (Array.isArray(value)) {
    for (const entry of value) {
      collectReferences(entry, into);
    }
  } else if (typeof value === 'object' && value !== null) {
    for (const [key, inner] of Object.entries(value)) {
      if (key === 'Ref' && typeof inner === 'string') {
        into.add(inner);
      } else if (key === 'Fn::GetAtt') {
        into.add(String(Array.isArray(inner) ? inner[0] : String(inner).split('.')[0]));
      } else if (key === 'Fn::Sub') {
        const template = Array.isArray(inner) ? inner[0] : inner;
        const own = Array.isArray(inner) ? Object.keys(inner[1] as object) : [];
        for (const match of String(template).matchAll(/\$\{([^!}][^}]*)\}/g)) {
          const logicalId = (match[1] as string).split('.')[0] as string;
          if (!own.includes(logicalId)) {
            into.add(logicalId);
          }
        }
        if (Array.isArray(inner)) {
          collectReferences(inner[1], into);
        }
      } else {
        collectReferences(inner, into);
      }
    }
  }
  return into;
}
