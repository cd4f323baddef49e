/** What the small picture of a flow shows. */
import type { CardNode } from './bridge';

export interface Shown {
  /** The flow's place at the picture's upper left corner. */
  x: number;
  y: number;
  /** Pixels of the picture for one of the flow. */
  scale: number;
  /** The cards, as an SVG path in the picture's pixels. */
  path: string;
  /** Those that are selected. */
  selected: string;
}

/** Pixels around the flow. */
const MARGIN = 8;

/** All cards, as large as the picture has room for. */
export function shownIn(nodes: readonly CardNode[], picture: { width: number; height: number }): Shown {
  if (nodes.length === 0) return { x: 0, y: 0, scale: 1, path: '', selected: '' };
  const boxes = nodes.map(({ position: { x, y }, width = 0, height = 0, selected = false }) => ({
    x,
    y,
    width,
    height,
    selected,
  }));
  const [left, top] = [Math.min(...boxes.map(({ x }) => x)), Math.min(...boxes.map(({ y }) => y))];
  const right = Math.max(...boxes.map(({ x, width }) => x + width));
  const bottom = Math.max(...boxes.map(({ y, height }) => y + height));
  const scale = Math.min(
    (picture.width - 2 * MARGIN) / Math.max(1, right - left),
    (picture.height - 2 * MARGIN) / Math.max(1, bottom - top),
  );
  const x = (left + right - picture.width / scale) / 2;
  const y = (top + bottom - picture.height / scale) / 2;
  const drawn = (wanted: boolean) =>
    boxes
      .filter(({ selected }) => selected === wanted)
      .map((box) => {
        const [from, down] = [(box.x - x) * scale, (box.y - y) * scale].map((one) => one.toFixed(1));
        const [wide, high] = [box.width * scale, box.height * scale].map((one) =>
          Math.max(1, one).toFixed(1),
        );
        return `M${from} ${down}h${wide}v${high}h-${wide}z`;
      })
      .join('');
  return { x, y, scale, path: drawn(false), selected: drawn(true) };
}
