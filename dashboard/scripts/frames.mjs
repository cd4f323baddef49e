/**
 * How smooth the canvas is: a flow of 200 nodes in Chromium, panned, zoomed and dragged. Prints the times between
 * frames, and how long the work of a frame took. `npm run build && node scripts/frames.mjs [nodes]`
 */
import { chromium } from 'playwright-core';
import { large, standIn } from './stand-in.mjs';

const count = Number(process.argv[2] ?? 200);
const server = standIn([large(count)]).listen(0, '127.0.0.1');
await new Promise((ready) => server.once('listening', ready));
const at = server.address();
const browser = await chromium.launch({ executablePath: '/usr/bin/chromium', args: ['--no-sandbox'] });
const page = await browser.newPage({ viewport: { width: 1440, height: 900 } });
await page.goto(`http://127.0.0.1:${typeof at === 'object' ? at?.port : ''}/p/shop/flows/large`);
await page.locator('.svelte-flow__node').first().waitFor();
// The layout of so many nodes takes its time.
await page.waitForTimeout(9000);
await page.getByRole('button', { name: 'See the whole flow' }).click();
await page.waitForTimeout(1500);

/**
 * Runs a gesture and gives the milliseconds between the frames meanwhile.
 * @param {string} name
 * @param {() => Promise<void>} gesture
 */
async function measured(name, gesture) {
  await page.evaluate(() => {
    const given = /** @type {any} */ (window);
    given.frames = [];
    given.long = [];
    let last = performance.now();
    given.measuring = true;
    const next = (/** @type {number} */ now) => {
      given.frames.push(now - last);
      last = now;
      if (given.measuring) requestAnimationFrame(next);
    };
    requestAnimationFrame(next);
    given.observer = new PerformanceObserver((list) => {
      for (const entry of list.getEntries()) given.long.push(entry.duration);
    });
    given.observer.observe({ type: 'longtask' });
  });
  await gesture();
  const { frames, long } = await page.evaluate(() => {
    const given = /** @type {any} */ (window);
    given.measuring = false;
    given.observer.disconnect();
    return { frames: given.frames.slice(1), long: given.long };
  });
  const sorted = frames.toSorted((/** @type {number} */ a, /** @type {number} */ b) => a - b);
  const quantile = (/** @type {number} */ q) =>
    sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * q))]?.toFixed(1);
  process.stdout.write(
    `${name.padEnd(22)} ${String(frames.length).padStart(4)} frames  p50 ${quantile(0.5)} ms  p95 ${quantile(0.95)} ms` +
      `  longest ${quantile(1)} ms  tasks over 50 ms: ${long.length}\n`,
  );
}

const shown = async () => page.locator('.svelte-flow__node').count();
const canvas = page.locator('.svelte-flow');
const box = await canvas.boundingBox();
const [x, y] = [(box?.x ?? 0) + (box?.width ?? 0) / 2, (box?.y ?? 0) + (box?.height ?? 0) / 2];
process.stdout.write(`${count} nodes, ${await shown()} of them drawn when the whole flow is seen\n`);

await page.mouse.move(x, y);
await measured('pan, whole flow', async () => {
  for (let step = 0; step < 60; step += 1)
    await page.mouse.wheel(step % 2 ? 12 : -8, step % 20 < 10 ? 8 : -8);
});
await measured('zoom in', async () => {
  await page.keyboard.down('Control');
  for (let step = 0; step < 24; step += 1) await page.mouse.wheel(0, -60);
  await page.keyboard.up('Control');
});
process.stdout.write(`${await shown()} nodes drawn after zooming in\n`);
await measured('pan, zoomed in', async () => {
  for (let step = 0; step < 60; step += 1) await page.mouse.wheel(24, 4);
});
await page.waitForTimeout(500);
await page.getByRole('combobox', { name: /Search nodes/ }).fill('step_100');
await page.keyboard.press('Enter');
await page.waitForTimeout(1500);
const nodes = await page.locator('.svelte-flow__node header').all();
for (const node of nodes) {
  const card = await node.boundingBox();
  if (!card || !box || card.x < box.x + 40 || card.x + card.width > box.x + box.width - 40) continue;
  if (card.y < box.y + 40 || card.y > box.y + box.height - 120) continue;
  await page.mouse.move(card.x + 80, card.y + 16);
  await page.mouse.down();
  await measured('drag a node', async () => {
    for (let step = 0; step < 60; step += 1)
      await page.mouse.move(card.x + 80 + 60 * Math.sin(step / 8), card.y + 16 + 40 * Math.cos(step / 8));
  });
  await page.mouse.up();
  break;
}
const field = page.getByRole('tabpanel').getByRole('textbox').first();
await measured('type into a form', async () => {
  await field.click();
  await field.pressSequentially('What can we do for you today?', { delay: 16 });
});
await browser.close();
server.close();
