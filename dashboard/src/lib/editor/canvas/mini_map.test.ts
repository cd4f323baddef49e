import { fireEvent, render } from '@testing-library/svelte';
import { expect, test, vi } from 'vitest';

const view = { setCenter: vi.fn(), setZoom: vi.fn() };
const store = { viewport: { x: 0, y: 0, zoom: 0.5 }, width: 800, height: 600 };
vi.mock('@xyflow/svelte', () => ({ useSvelteFlow: () => view, useStore: () => store }));

const { default: MiniMap } = await import('./MiniMap.svelte');

function shown() {
  Element.prototype.setPointerCapture = vi.fn();
  const onpan = vi.fn();
  const nodes = [0, 1000].map((x) => ({
    id: `${x}`,
    position: { x, y: 0 },
    width: 264,
    height: 120,
    data: {},
  }));
  const { container } = render(MiniMap, { nodes: nodes as never, onpan });
  vi.clearAllMocks();
  return { map: container.querySelector('.flow-minimap')!, onpan };
}

const press = (button: number) => ({ button, isPrimary: true, pointerId: 1, clientX: 84, clientY: 56 });

test('a press shows the place that is pressed, at the zoom that it was', async () => {
  const { map, onpan } = shown();
  await fireEvent(map, new PointerEvent('pointerdown', { bubbles: true, ...press(0) }));
  const [x, y, { zoom }] = view.setCenter.mock.calls[0]!;
  expect([Math.round(x), Math.round(y), zoom]).toEqual([632, 60, 0.5]);
  expect(onpan).toHaveBeenCalled();
});

test('other buttons and a mouse that only passes move nothing', async () => {
  const { map } = shown();
  Element.prototype.hasPointerCapture = () => false;
  await fireEvent(map, new PointerEvent('pointerdown', { bubbles: true, ...press(2) }));
  await fireEvent(map, new PointerEvent('pointermove', { bubbles: true, ...press(0) }));
  expect(view.setCenter).not.toHaveBeenCalled();
});

test('the wheel zooms the flow and not the page', async () => {
  const { map } = shown();
  const wheel = new WheelEvent('wheel', { deltaY: -500, ctrlKey: true, bubbles: true, cancelable: true });
  await fireEvent(map, wheel);
  expect(wheel.defaultPrevented).toBe(true);
  expect(view.setZoom).toHaveBeenCalledWith(1);
});
