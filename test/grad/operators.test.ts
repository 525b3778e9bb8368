import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { OPERATORS_FILE, operatorsPage, UNLISTED_DOMAINS } from '../../codegen/operators/page.ts';
import { SCHEMA } from '../../codegen/operators/schema.ts';
import { BUILT_IN_RULES, builtInRegistry } from '../../core/grad/index.ts';
import { decodeGraph } from '../../core/onnx/index.ts';
import { allFixtures } from '../../fixtures/index.ts';

describe('docs/operators.md', () => {
  const page = readFileSync(OPERATORS_FILE, 'utf8');

  it('is what `npm run generate` writes', () => {
    expect(page).toBe(operatorsPage());
  });

  it('has a row for every rule', () => {
    const listed = BUILT_IN_RULES.filter((rule) => !UNLISTED_DOMAINS.includes(rule.domain ?? ''));
    const rows = page
      .split('\n')
      .filter((line) => /^\| \w+ \| [\w, ]+ \| (rule|decomposition|zero|none)/.test(line));
    expect(rows.length).toBe(listed.length);
    expect(listed.filter((rule) => !page.includes(`| ${rule.op} | `))).toEqual([]);
  });

  it('has a row for every op that the schema file knows', () => {
    const key = ({ op, domain }: { op: string; domain?: string }) => (domain ? `${domain}:${op}` : op);
    const ruled = new Set(BUILT_IN_RULES.map(key));
    expect(Object.keys(SCHEMA.operators).filter((op) => !ruled.has(op))).toEqual([]);
    // Rules for ops that do not exist, and those of operator sets that are not read yet.
    const unknown = BUILT_IN_RULES.filter((rule) => !UNLISTED_DOMAINS.includes(rule.domain ?? ''))
      .filter((rule) => !Object.hasOwn(SCHEMA.operators, key(rule)))
      .map(key);
    expect(unknown.sort()).toEqual([
      'BitCast',
      'CausalConvWithState',
      'CumProd',
      'LinearAttention',
      'SwiGLU',
    ]);
  });

  it('knows every op of the fixtures', async () => {
    const unknown: string[] = [];
    for (const [name, fixture] of await allFixtures()) {
      const graph = decodeGraph(fixture.build()['model.onnx']!);
      for (const node of graph.nodes)
        if (!builtInRegistry.find(node) && !graph.functions.has(`${node.domain}:${node.op}`))
          unknown.push(`${name}: ${node.domain} ${node.op}`);
    }
    expect(unknown).toEqual([]);
  });
});
