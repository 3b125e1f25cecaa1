import { z } from 'zod';
import type { KeyPath } from './key-path.js';
import { type Accepted, accepted } from './quantities.js';

type Schema = z.core.$ZodType;

/** Inside of optional, default and transform wrappers, and what the registry says about any of the layers. */
function unwrap(schema: Schema): { inner: Schema; accepts: Accepted | undefined } {
  let inner = schema;
  let accepts = accepted.get(inner);
  for (;;) {
    if (inner instanceof z.ZodOptional || inner instanceof z.ZodDefault || inner instanceof z.ZodPrefault) {
      inner = inner.def.innerType;
    } else if (inner instanceof z.ZodPipe) {
      inner = inner.def.in;
    } else {
      return { inner, accepts };
    }
    accepts ??= accepted.get(inner);
  }
}

/** The member of a union that `value` means: by its discriminator, or else by being a mapping or not. */
function member(union: z.ZodUnion, value: unknown): Schema | undefined {
  if (union instanceof z.ZodDiscriminatedUnion) {
    const key = union.def.discriminator;
    const found = isMapping(value) ? value[key] : undefined;
    return union.def.options.find((option) => {
      const { inner } = unwrap(option);
      return inner instanceof z.ZodObject && z.safeParse(inner.def.shape[key], found).success;
    });
  }
  const options = union.def.options;
  const mapping = isMapping(value);
  return options.find((option) => {
    const { inner } = unwrap(option);
    return mapping === (inner instanceof z.ZodObject || inner instanceof z.ZodDiscriminatedUnion);
  });
}

interface Variant {
  discriminator: string;
  /** Keys by value of the discriminator. */
  others: Map<string, string[]>;
}

/** What the schema says about one place of a scenario. */
export interface Place {
  accepts: Accepted;
  /** Keys of a mapping, where it is one. */
  keys: string[] | undefined;
  /** Where the mapping is one member of a union: which key chooses, and what the others would take. */
  variant: Variant | undefined;
}

/**
 * Follows a path through the schema, choosing the members of unions by the values found on the way.
 *
 * @param value the input that the path leads through
 */
export function placeAt(schema: Schema, path: KeyPath, value: unknown): Place | undefined {
  let at: Schema = schema;
  let current = value;
  for (const part of path) {
    const inner = mapping(at, current);
    let next: Schema | undefined;
    if (inner instanceof z.ZodObject) next = Object.hasOwn(inner.def.shape, part) ? inner.def.shape[part] : undefined;
    else if (inner instanceof z.ZodArray) next = inner.def.element;
    else if (inner instanceof z.ZodTuple) next = inner.def.items[Number(part)];
    else if (inner instanceof z.ZodRecord) next = inner.def.valueType;
    if (next === undefined) return undefined;
    at = next;
    current = child(current, part);
  }
  let { inner, accepts } = unwrap(at);
  if (accepts === undefined && inner instanceof z.ZodUnion && !(inner instanceof z.ZodDiscriminatedUnion)) {
    const meant = member(inner, current);
    if (meant !== undefined) ({ inner, accepts } = unwrap(meant));
  }
  const object = mapping(at, current);
  return {
    accepts: accepts ?? structure(inner),
    keys: object instanceof z.ZodObject ? Object.keys(object.def.shape) : undefined,
    variant: inner instanceof z.ZodDiscriminatedUnion ? variantOf(inner) : undefined,
  };
}

function structure(inner: Schema): Accepted {
  if (inner instanceof z.ZodArray || inner instanceof z.ZodTuple) return { is: 'a list' };
  if (inner instanceof z.ZodObject)
    return { is: 'a mapping', allowed: `keys ${Object.keys(inner.def.shape).join(', ')}` };
  if (inner instanceof z.ZodDiscriminatedUnion) {
    const { discriminator, others } = variantOf(inner);
    return { is: 'a mapping', allowed: `${discriminator}: ${[...others.keys()].join(' | ')}, and its parameters` };
  }
  return { is: 'a mapping' };
}

/** The schema below wrappers and unions. */
function mapping(schema: Schema, value: unknown): Schema | undefined {
  let { inner } = unwrap(schema);
  while (inner instanceof z.ZodUnion) {
    const chosen = member(inner, value);
    if (chosen === undefined) return undefined;
    inner = unwrap(chosen).inner;
  }
  return inner;
}

function variantOf(union: z.ZodDiscriminatedUnion): Variant {
  const discriminator = union.def.discriminator;
  const others = new Map<string, string[]>();
  for (const option of union.def.options) {
    const { inner } = unwrap(option);
    if (!(inner instanceof z.ZodObject)) continue;
    const literal = inner.def.shape[discriminator];
    if (literal instanceof z.ZodLiteral) others.set(String(literal.value), Object.keys(inner.def.shape));
  }
  return { discriminator, others };
}

/** Whether a value is a mapping of keys to values. */
export function isMapping(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** The value under a key or index; undefined where there is none. */
export function child(value: unknown, part: string | number | symbol): unknown {
  return typeof value === 'object' && value !== null && Object.hasOwn(value, part)
    ? (value as Record<PropertyKey, unknown>)[part]
    : undefined;
}
