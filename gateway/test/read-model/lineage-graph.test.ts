import assert from 'node:assert/strict';
import { LineageGraph, MAX_WALK_NODES } from '../../src/read-model/lineage-graph.js';
import { ReadModel } from '../../src/read-model/read-model.js';
import { chainOf, madeFrom, TEST_RULES } from './synthetic-chain.js';
import { withReadModel } from './temporary-read-model.js';

describe('the lineage graph', () => {
  it('ends a walk that would hold the process too long, and says so', () => {
    const graph = new LineageGraph();
    const root = graph.addNode({ recordType: 'lot', id: 'root' });
    for (let child = 1; child <= MAX_WALK_NODES + 10; child++) {
      graph.addEdge(graph.addNode({ recordType: 'lot', id: `lot-${child}` }), root, 'made-from');
    }
    const walk = graph.walk(root, 'descendants', graph.extent);
    assert.deepEqual([walk.nodes.length, walk.levels, walk.isComplete], [MAX_WALK_NODES, [MAX_WALK_NODES], false]);
    assert.equal(graph.walk(5, 'ancestors', graph.extent).isComplete, true);
  });

  it('keeps ids of any alphabet', () => {
    const graph = new LineageGraph();
    const names = ['ä-1', '電池', 'plain'].map((id) => ({ recordType: 'lot', id }));
    const nodes = names.map((name) => graph.addNode(name));
    assert.deepEqual(
      nodes.map((node) => graph.name(node)),
      names,
    );
  });

  it('takes a link of the same kind once, and of another kind again', () => {
    const graph = new LineageGraph();
    const [child, parent] = ['c', 'p'].map((id) => graph.addNode({ recordType: 'lot', id })) as [number, number];
    assert.deepEqual(
      ['made-from', 'made-from', 'blended'].map((kind) => graph.addEdge(child, parent, kind)),
      [true, false, true],
    );
  });

  it('comes back from its pages as it was', async () => {
    // More than one page of nodes and of links, and a last page of each that is not full.
    const lots = Array.from({ length: 700 }, (_, index) => ({
      recordType: 'lot',
      id: `lot-${index}`,
      fields: {
        links: [index - 1, index - 7].filter((parent) => parent >= 0).map((parent) => madeFrom('lot', `lot-${parent}`)),
      },
    }));
    const blocks = chainOf([[{ writes: lots.slice(0, 300) }], [{ writes: lots.slice(300) }]]);
    await withReadModel(blocks, async (model, directory) => {
      const name = { recordType: 'lot', id: 'lot-699' } as const;
      const before = model.ancestors(name, { first: 1000 });
      assert.deepEqual([before.totalCount, before.nodes.at(-1)?.depth], [699, 100 + 5]);
      await model.close();
      const reopened = await ReadModel.open({ directory, rules: TEST_RULES });
      assert.deepEqual(reopened.ancestors(name, { first: 1000 }), before);
      await reopened.close();
    });
  });
});
