/** Nodes that one walk visits at most; it bounds how long a question holds the process (about 60 ms). */
export const MAX_WALK_NODES = 200_000;

/** Towards what a record was made from, or towards what was made from it. */
export type LineageDirection = 'ancestors' | 'descendants';

/** A name as the graph keeps it. */
export interface NodeName {
  readonly recordType: string;
  readonly id: string;
}

/** What a walk found: parallel arrays, nearest first and then in commit order; the start is not among them. */
export interface Walk {
  readonly nodes: Uint32Array;
  /** How many of `nodes` lie within each depth: `levels[0]` at depth 1, `levels[1]` at depths 1 and 2, … */
  readonly levels: readonly number[];
  /** False where the walk ended at `MAX_WALK_NODES`. */
  readonly isComplete: boolean;
}

/** How much of the graph a walk sees: a prefix of it, so that readers stand at a block while later ones come in. */
export interface GraphExtent {
  readonly nodes: number;
  readonly edges: number;
}

/**
 * The lineage of every record, in memory: nodes and links in commit order in flat arrays that only grow.
 * Links are chained through their endpoints, the newest first, so that a link costs 20 bytes whichever way it is read
 * and appending never moves one. A reader that knows how many links there were at a block sees the graph of that block.
 * Cycles do no harm: a walk visits a node once.
 */
export class LineageGraph {
  #nodeCount = 0;
  #edgeCount = 0;
  readonly #types: string[] = [];
  readonly #typeNumbers = new Map<string, number>();
  readonly #kinds: string[] = [];
  readonly #kindNumbers = new Map<string, number>();

  // By node. Chains hold the number of a link plus one; 0 ends them.
  #nodeType = new Uint16Array(1024);
  #idStart = new Uint32Array(1025);
  #lastParentLink = new Uint32Array(1024);
  #lastChildLink = new Uint32Array(1024);
  #ids = Buffer.allocUnsafeSlow(1024 * 24);

  // By link.
  #child = new Uint32Array(1024);
  #parent = new Uint32Array(1024);
  #kind = new Uint16Array(1024);
  #nextParentLink = new Uint32Array(1024);
  #nextChildLink = new Uint32Array(1024);

  // Scratch of one walk; walks are synchronous, so there is never more than one.
  #visited: Uint32Array = new Uint32Array(1024);
  #walkNumber = 0;
  #queue: Uint32Array = new Uint32Array(1024);

  get extent(): GraphExtent {
    return { nodes: this.#nodeCount, edges: this.#edgeCount };
  }

  /** Names of record types and of kinds of links, by number. */
  get tables(): { readonly types: readonly string[]; readonly kinds: readonly string[] } {
    return { types: this.#types, kinds: this.#kinds };
  }

  /** Bytes of the arrays, filled or not. */
  get byteLength(): number {
    return [
      this.#nodeType,
      this.#idStart,
      this.#lastParentLink,
      this.#lastChildLink,
      this.#ids,
      this.#child,
      this.#parent,
      this.#kind,
      this.#nextParentLink,
      this.#nextChildLink,
      this.#visited,
      this.#queue,
    ].reduce((sum, array) => sum + array.byteLength, 0);
  }

  /** Appends a node; whoever calls knows that the name is new. @returns its number. */
  addNode({ recordType, id }: NodeName): number {
    const node = this.#nodeCount;
    if (node === this.#nodeType.length) this.#growNodes();
    const start = this.#idStart[node] ?? 0;
    const length = Buffer.byteLength(id);
    if (start + length > this.#ids.length) this.#growIds(start + length);
    this.#ids.write(id, start);
    this.#idStart[node + 1] = start + length;
    this.#nodeType[node] = numberOf(recordType, this.#types, this.#typeNumbers);
    this.#nodeCount = node + 1;
    return node;
  }

  /** Appends a link, unless the same one is there. @returns whether it is new. */
  addEdge(child: number, parent: number, kindName: string): boolean {
    const kind = numberOf(kindName, this.#kinds, this.#kindNumbers);
    for (let link = this.#lastParentLink[child] ?? 0; link !== 0; link = this.#nextParentLink[link - 1] ?? 0) {
      if (this.#parent[link - 1] === parent && this.#kind[link - 1] === kind) return false;
    }
    this.appendEdge(child, parent, kind);
    return true;
  }

  /** Appends a link that is known to be new, its kind by number. */
  appendEdge(child: number, parent: number, kind: number): void {
    const edge = this.#edgeCount;
    if (edge === this.#child.length) this.#growEdges();
    this.#child[edge] = child;
    this.#parent[edge] = parent;
    this.#kind[edge] = kind;
    this.#nextParentLink[edge] = this.#lastParentLink[child] ?? 0;
    this.#lastParentLink[child] = edge + 1;
    this.#nextChildLink[edge] = this.#lastChildLink[parent] ?? 0;
    this.#lastChildLink[parent] = edge + 1;
    this.#edgeCount = edge + 1;
  }

  /** Takes the tables of names in the order of their numbers. */
  setTables(types: readonly string[], kinds: readonly string[]): void {
    for (const type of types) numberOf(type, this.#types, this.#typeNumbers);
    for (const kind of kinds) numberOf(kind, this.#kinds, this.#kindNumbers);
  }

  name(node: number): NodeName {
    return {
      recordType: this.#types[this.#nodeType[node] ?? 0] ?? '',
      id: this.#ids.toString('utf8', this.#idStart[node], this.#idStart[node + 1]),
    };
  }

  edge(edge: number): { readonly child: number; readonly parent: number; readonly kind: number } {
    return { child: this.#child[edge] ?? 0, parent: this.#parent[edge] ?? 0, kind: this.#kind[edge] ?? 0 };
  }

  kindName(kind: number): string {
    return this.#kinds[kind] ?? '';
  }

  /** Numbers of the links from a node to its parents or children, in commit order. */
  linksOf(node: number, direction: LineageDirection, { edges }: GraphExtent): number[] {
    const { last, next } = this.#chains(direction);
    const links: number[] = [];
    for (let link = last[node] ?? 0; link !== 0; link = next[link - 1] ?? 0) {
      if (link <= edges) links.push(link - 1);
    }
    return links.reverse();
  }

  /** Everything that a node descends from, or that descends from it, breadth first. */
  walk(start: number, direction: LineageDirection, extent: GraphExtent, maxDepth = Infinity): Walk {
    const { last, next, far } = this.#chains(direction);
    const visited = this.#startWalk(start);
    const walkNumber = this.#walkNumber;
    const levels: number[] = [];
    let queue = this.#queue;
    queue[0] = start;
    let end = 1;
    for (let from = 0; from < end && levels.length < maxDepth;) {
      const to = end;
      for (let index = from; index < to; index++) {
        for (let link = last[queue[index] ?? 0] ?? 0; link !== 0; link = next[link - 1] ?? 0) {
          if (link > extent.edges) continue;
          const node = far[link - 1] ?? 0;
          if (visited[node] === walkNumber) continue;
          if (end > MAX_WALK_NODES) {
            return partialWalk(queue, to, end, levels);
          }
          visited[node] = walkNumber;
          if (end === queue.length) queue = this.#growQueue();
          queue[end++] = node;
        }
      }
      from = to;
      if (end > to) {
        queue.subarray(to, end).sort();
        levels.push(end - 1);
      }
    }
    return { nodes: queue.slice(1, end), levels, isComplete: true };
  }

  /** Numbers of the links of a shortest way from a node back to an ancestor of it; undefined where there is none. */
  pathLinks(from: number, to: number, extent: GraphExtent): number[] | undefined {
    const { last, next, far } = this.#chains('ancestors');
    const visited = this.#startWalk(from);
    const walkNumber = this.#walkNumber;
    const reachedBy = new Map<number, number>();
    let queue = this.#queue;
    queue[0] = from;
    let end = 1;
    for (let index = 0; index < end && !reachedBy.has(to) && from !== to && end <= MAX_WALK_NODES; index++) {
      for (let link = last[queue[index] ?? 0] ?? 0; link !== 0; link = next[link - 1] ?? 0) {
        if (link > extent.edges) continue;
        const node = far[link - 1] ?? 0;
        if (visited[node] === walkNumber) continue;
        visited[node] = walkNumber;
        reachedBy.set(node, link - 1);
        if (end === queue.length) queue = this.#growQueue();
        queue[end++] = node;
      }
    }
    const links: number[] = [];
    for (let node = to; node !== from;) {
      const link = reachedBy.get(node);
      if (link === undefined) return undefined;
      links.push(link);
      node = this.#child[link] ?? 0;
    }
    return links.reverse();
  }

  #chains(direction: LineageDirection): { last: Uint32Array; next: Uint32Array; far: Uint32Array } {
    return direction === 'ancestors'
      ? { last: this.#lastParentLink, next: this.#nextParentLink, far: this.#parent }
      : { last: this.#lastChildLink, next: this.#nextChildLink, far: this.#child };
  }

  #startWalk(start: number): Uint32Array {
    if (this.#visited.length < this.#nodeType.length) {
      this.#visited = new Uint32Array(this.#nodeType.length);
      this.#walkNumber = 0;
    }
    if (this.#walkNumber === 0xffffffff) {
      this.#visited.fill(0);
      this.#walkNumber = 0;
    }
    this.#walkNumber += 1;
    this.#visited[start] = this.#walkNumber;
    return this.#visited;
  }

  #growQueue(): Uint32Array {
    this.#queue = grown(this.#queue, this.#queue.length * 2);
    return this.#queue;
  }

  #growNodes(): void {
    const length = this.#nodeType.length * 2;
    this.#nodeType = grown(this.#nodeType, length);
    this.#idStart = grown(this.#idStart, length + 1);
    this.#lastParentLink = grown(this.#lastParentLink, length);
    this.#lastChildLink = grown(this.#lastChildLink, length);
  }

  #growIds(needed: number): void {
    const ids = Buffer.allocUnsafeSlow(Math.max(needed, this.#ids.length * 2));
    this.#ids.copy(ids);
    this.#ids = ids;
  }

  #growEdges(): void {
    const length = this.#child.length * 2;
    this.#child = grown(this.#child, length);
    this.#parent = grown(this.#parent, length);
    this.#kind = grown(this.#kind, length);
    this.#nextParentLink = grown(this.#nextParentLink, length);
    this.#nextChildLink = grown(this.#nextChildLink, length);
  }
}

function grown<T extends Uint16Array | Uint32Array>(array: T, length: number): T {
  const larger = new (array.constructor as new (length: number) => T)(length);
  larger.set(array);
  return larger;
}

function numberOf(name: string, names: string[], numbers: Map<string, number>): number {
  let number = numbers.get(name);
  if (number === undefined) {
    number = names.push(name) - 1;
    numbers.set(name, number);
  }
  return number;
}

/** A walk that ended in the middle of a level. */
function partialWalk(queue: Uint32Array, levelStart: number, end: number, levels: readonly number[]): Walk {
  queue.subarray(levelStart, end).sort();
  return {
    nodes: queue.slice(1, end),
    levels: end > levelStart ? [...levels, end - 1] : levels,
    isComplete: false,
  };
}
