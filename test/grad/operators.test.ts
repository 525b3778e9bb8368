import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { BUILT_IN_RULES, builtInRegistry } from '../../core/grad/index.ts';
import { decodeGraph } from '../../core/onnx/index.ts';
import { allFixtures } from '../../fixtures/index.ts';
import { OPERATORS_FILE, operatorsPage, UNLISTED_DOMAINS } from '../../scripts/operators.ts';

describe('docs/operators.md', () => {
  const page = readFileSync(OPERATORS_FILE, 'utf8');

  it('is what `npx tsx scripts/operators.ts` writes', () => {
    expect(page).toBe(operatorsPage());
  });

  it('has a row for every rule', () => {
    const listed = BUILT_IN_RULES.filter((rule) => !UNLISTED_DOMAINS.includes(rule.domain ?? ''));
    const rows = page.split('\n').filter((line) => /^\| \w+ \| (rule|decomposition|zero|none)/.test(line));
    expect(rows.length).toBe(listed.length);
    expect(listed.filter((rule) => !page.includes(`| ${rule.op} | `))).toEqual([]);
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
