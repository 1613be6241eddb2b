import type { GraphExtent, LineageGraph } from './lineage-graph.js';
import type { PendingWrites, StoreReader } from './pending-writes.js';
import { edgePageKey, nodePageKey } from './store-key.js';

// Only the last page is ever written again, so a small page is cheap while blocks are small, and a large one loads fast.
const NODES_PER_PAGE = 256;
const EDGES_PER_PAGE = 512;
const EDGE_BYTES = 10;

/** Puts the pages that hold what came after an extent among the pending writes. */
export function writeLineagePages(graph: LineageGraph, since: GraphExtent, writes: PendingWrites): void {
  const { nodes, edges } = graph.extent;
  if (nodes > since.nodes) {
    for (let page = Math.floor(since.nodes / NODES_PER_PAGE); page * NODES_PER_PAGE < nodes; page++) {
      const first = page * NODES_PER_PAGE;
      const names = Array.from({ length: Math.min(NODES_PER_PAGE, nodes - first) }, (_, index) => {
        const { recordType, id } = graph.name(first + index);
        return `${recordType}\0${id}`;
      });
      writes.put(nodePageKey(page), names.join('\n'));
    }
  }
  if (edges > since.edges) {
    for (let page = Math.floor(since.edges / EDGES_PER_PAGE); page * EDGES_PER_PAGE < edges; page++) {
      writes.put(edgePageKey(page), encodeEdges(graph, page * EDGES_PER_PAGE, edges));
    }
  }
}

/**
 * Reads the pages of a store back into an empty graph.
 * @returns whether the pages hold exactly what the extent says.
 */
export function loadLineagePages(graph: LineageGraph, { nodes, edges }: GraphExtent, store: StoreReader): boolean {
  for (let page = 0; page * NODES_PER_PAGE < nodes; page++) {
    for (const name of store.text(nodePageKey(page))?.split('\n') ?? []) {
      const separator = name.indexOf('\0');
      graph.addNode({ recordType: name.slice(0, separator), id: name.slice(separator + 1) });
    }
  }
  for (let page = 0; page * EDGES_PER_PAGE < edges; page++) {
    const bytes = store.bytes(edgePageKey(page));
    if (bytes === undefined) return false;
    const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    for (let at = 0; at + EDGE_BYTES <= bytes.byteLength; at += EDGE_BYTES) {
      const child = view.getUint32(at, true);
      const parent = view.getUint32(at + 4, true);
      if (child >= nodes || parent >= nodes) return false;
      graph.appendEdge(child, parent, view.getUint16(at + 8, true));
    }
  }
  return graph.extent.nodes === nodes && graph.extent.edges === edges;
}

function encodeEdges(graph: LineageGraph, first: number, end: number): Uint8Array {
  const count = Math.min(EDGES_PER_PAGE, end - first);
  const bytes = new Uint8Array(count * EDGE_BYTES);
  const view = new DataView(bytes.buffer);
  for (let index = 0; index < count; index++) {
    const { child, parent, kind } = graph.edge(first + index);
    view.setUint32(index * EDGE_BYTES, child, true);
    view.setUint32(index * EDGE_BYTES + 4, parent, true);
    view.setUint16(index * EDGE_BYTES + 8, kind, true);
  }
  return bytes;
}
