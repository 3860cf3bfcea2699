/** What the bench uses of the peer, which brings no types. */
declare module "d3-flame-graph" {
  export interface Node {
    name: string;
    value: number;
    children: Node[];
  }
  export interface Chart {
    width(pixels: number): Chart;
    cellHeight(pixels: number): Chart;
    minFrameSize(pixels: number): Chart;
    transitionDuration(ms: number): Chart;
    update(root: Node): void;
    search(term: string): void;
    zoomTo(node: unknown): void;
  }
  export default function flamegraph(): Chart;
}
declare module "d3-selection" {
  interface Selection {
    datum(value: unknown): Selection;
    datum(): unknown;
    call(draw: unknown): Selection;
  }
  export function select(element: Element): Selection;
}
