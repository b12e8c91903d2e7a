// SPDX-License-Identifier: EUPL-1.2
// A long thread is drawn in parts as somebody reads, and shows none of it.
import { test, expect } from '../lib/story.mjs';

/** More than is drawn at once. */
const COUNT = 200;
const MOST = 160;

/** Scrolls to one end, `by` px at a time; answers the lines seen on the way and whatever was not as it should be. */
const walk = (page, by) => page.evaluate(async (by) => {
  const thread = document.querySelector('.rp-thread');
  const [seen, faults] = [new Set(), []];
  // sizes are told behind everything a frame does and before it is seen
  const frame = () => new Promise((done) => {
    const told = new ResizeObserver(() => {
      told.disconnect();
      done();
    });
    told.observe(thread);
  });
  const edge = thread.getBoundingClientRect().top;
  const drawn = () => [...thread.querySelectorAll('.rp-msg')].map((message) => ({
    line: Number(message.querySelector('.rp-text').textContent.split(' ')[1]), bottom: message.getBoundingClientRect().bottom,
  }));
  let [first, still] = [undefined, 0];
  while (still < 60) {
    const before = thread.scrollTop;
    thread.scrollTop += by;
    await frame();
    const all = drawn();
    all.forEach(({ line }, at) => {
      seen.add(line);
      if (at > 0 && line !== all[at - 1].line + 1) faults.push(`${line} follows ${all[at - 1].line}`);
    });
    const top = all.find(({ bottom }) => bottom > edge)?.line;
    if (first !== undefined && (top - first) * by < 0) faults.push(`jumped from ${first} to ${top}`);
    first = top;
    still = thread.scrollTop === before ? still + 1 : 0;
  }
  return { seen: seen.size, most: drawn().length, faults };
}, by);

test('a long thread is read from end to end in order, without a jump, and never drawn as a whole', async ({ town, browse }) => {
  const aylin = await browse({ link: await town.invite('Aylin Demir') });
  const jonas = await browse({ link: await town.invite('Jonas Petersen') });
  await aylin.begin(['Jonas Petersen']);
  for (let line = 1; line <= COUNT; line++) await aylin.write(`Zeile ${line}`);
  await expect(jonas.row('Aylin Demir')).toContainText(`Zeile ${COUNT}`);
  await jonas.open('Aylin Demir');
  await expect(jonas.message('Zeile 1')).toBeVisible();
  await jonas.page.getByRole('button', { name: 'Zu den neuesten Nachrichten' }).click();
  await expect(jonas.message(`Zeile ${COUNT}`)).toBeInViewport();
  for (const by of [-200, 200]) {
    const { seen, most, faults } = await walk(jonas.page, by);
    expect(faults).toEqual([]);
    expect(seen, 'lines seen on the way').toBe(COUNT);
    expect(most).toBeLessThanOrEqual(MOST);
  }
  await aylin.write('und noch eine');
  await expect(jonas.message('und noch eine')).toBeInViewport();
});
