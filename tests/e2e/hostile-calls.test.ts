import { createRouterClient, ORPCError } from '@orpc/server';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { nodeHost } from '../../src/main/host/node-host.ts';
import { contract } from '../../src/shared/contract/index.ts';
import { servedLibrary } from '../main/service/library.ts';

/** Texts that somebody who means harm would put into a call. None names a folder that is there. */
const HOSTILE = [
  '<img src=x onerror=alert(1)>',
  '../../../../etc/passwd',
  '..\\..\\windows\\system32',
  '/nowhere/../nowhere/\0.mp3',
  '/dev/null/x',
  'file:///etc/passwd',
  '%2e%2e%2fetc',
  "'; DROP TABLE file; --",
  '"unclosed AND NEAR(',
  '__proto__',
  'constructor',
  'a'.repeat(5000),
  '\ud800 alone \udfff',
  '(((((((((((((((((((',
  'key:key:key: OR OR -',
  '\u202e\u0007\u001b[31m',
];

interface JsonSchema {
  type?: string;
  enum?: unknown[];
  const?: unknown;
  anyOf?: JsonSchema[];
  oneOf?: JsonSchema[];
  properties?: Record<string, JsonSchema>;
  required?: string[];
  additionalProperties?: JsonSchema | boolean;
  items?: JsonSchema;
  minimum?: number;
  maximum?: number;
  minItems?: number;
}

const text = fc.oneof(
  fc.constantFrom(...HOSTILE),
  fc.string({ unit: 'binary', maxLength: 40 }).filter((value) => !/[/\\~]/.test(value)),
);

/** Values of a schema's shape, with hostile texts and numbers in them. */
function arbitrary(schema: JsonSchema): fc.Arbitrary<unknown> {
  const of = schema.anyOf ?? schema.oneOf;
  if (of) return fc.oneof(...of.map(arbitrary));
  if (schema.enum) return fc.constantFrom(...schema.enum);
  if ('const' in schema) return fc.constant(schema.const);
  switch (schema.type) {
    case 'object': {
      const { properties = {}, required = [], additionalProperties } = schema;
      const record = fc.record(
        Object.fromEntries(Object.entries(properties).map(([name, inner]) => [name, arbitrary(inner)])),
        { requiredKeys: required },
      );
      if (typeof additionalProperties !== 'object') return record;
      return fc.dictionary(text, arbitrary(additionalProperties), { maxKeys: 4 });
    }
    case 'array':
      return fc.array(arbitrary(schema.items ?? {}), { minLength: schema.minItems ?? 0, maxLength: 4 });
    case 'integer':
    case 'number':
      return fc.oneof(
        fc.constantFrom(0, 1, 2, 3, 100, 2 ** 31, Number.MAX_SAFE_INTEGER),
        fc.integer({
          min: Math.max(schema.minimum ?? -10, -(2 ** 31)),
          max: Math.min(schema.maximum ?? 1000, 1000),
        }),
      );
    case 'boolean':
      return fc.boolean();
    case 'null':
      return fc.constant(null);
    default:
      return text;
  }
}

interface Procedure {
  readonly name: readonly string[];
  readonly input: z.ZodType | undefined;
}

/** Every call of the contract that takes something, but those that answer with a stream. */
function* procedures(part: object, name: readonly string[] = []): Generator<Procedure> {
  for (const [key, inner] of Object.entries(part)) {
    const definition = (inner as { '~orpc'?: { inputSchema?: z.ZodType } })['~orpc'];
    if (definition) yield { name: [...name, key], input: definition.inputSchema };
    else yield* procedures(inner as object, [...name, key]);
  }
}

const calls = [...procedures(contract)].filter(({ input }) => input !== undefined);

type Call = (input: unknown) => Promise<unknown>;

async function caller(name: readonly string[]): Promise<Call> {
  const { router } = await servedLibrary(nodeHost);
  const client = createRouterClient(router, { context: {} }) as unknown as Record<string, unknown>;
  return name.reduce<unknown>((at, key) => (at as Record<string, unknown>)[key], client) as Call;
}

/** Answered, or refused with a reason: anything else is a hole. */
async function expectAnswerOrRefusal(call: Call, input: unknown): Promise<void> {
  try {
    await call(input);
  } catch (error) {
    expect(error).toBeInstanceOf(ORPCError);
    const { code, message, cause } = error as ORPCError<string, unknown>;
    expect(['BAD_REQUEST', 'REFUSED'], `${code}: ${message} ${String(cause)}`).toContain(code);
  }
}

describe('a page that calls what it should not', () => {
  it('has a contract to be tried on', () => expect(calls.length).toBeGreaterThan(30));

  it.each(calls.map(({ name, input }) => [name.join('.'), name, input] as const))(
    '%s answers, or says why not',
    async (_, name, input) => {
      const call = await caller(name);
      const shaped = arbitrary(z.toJSONSchema(input!, { io: 'input', unrepresentable: 'any' }) as JsonSchema);
      await fc.assert(
        fc.asyncProperty(fc.oneof({ weight: 4, arbitrary: shaped }, fc.anything()), (value) =>
          expectAnswerOrRefusal(call, value),
        ),
        { numRuns: 20 },
      );
    },
  );
});
