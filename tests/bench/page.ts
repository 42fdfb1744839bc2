/** What the benches do in a window. The page notes times by itself: asking from outside would add its own delay. */
import type { Locator, Page } from 'playwright-core';

/** Milliseconds from pasting an ID to the frame in which `selector` is there. */
export async function pasted(page: Page, id: string, selector: string): Promise<number> {
  await page.evaluate((text) => navigator.clipboard.writeText(text), id);
  await page.evaluate(
    ({ selector, address }) => {
      const seen = Promise.withResolvers<number>();
      Object.assign(window, { seen: seen.promise });
      const onPaste = () => {
        const from = performance.now();
        const look = () => {
          const there = decodeURIComponent(location.pathname) === address;
          const took = performance.now() - from;
          if (there && document.querySelector(selector)) seen.resolve(took);
          else if (took > 30_000) seen.reject(new Error(`${location.href} instead of ${address}`));
          else requestAnimationFrame(look);
        };
        look();
      };
      window.addEventListener('paste', onPaste, { once: true, capture: true });
    },
    { selector, address: `/conversation/${id}` },
  );
  await page.locator('#find').focus();
  await page.keyboard.press('Control+V');
  return await page.evaluate('window.seen');
}

/** Scrolls as a wheel turned without pause does; how long each frame took, and which share of the way it came. */
export function scrolled(box: Locator, seconds: number): Promise<{ times: number[]; end: number }> {
  return box.evaluate(async (element, forMs) => {
    const times: number[] = [];
    await new Promise<void>((done) => {
      let last = performance.now();
      const until = last + forMs;
      const step = (now: number) => {
        times.push(now - last);
        last = now;
        element.scrollTop += 240;
        if (now < until) requestAnimationFrame(step);
        else done();
      };
      requestAnimationFrame(step);
    });
    const end = element.scrollTop / (element.scrollHeight - element.clientHeight);
    return { times: times.slice(1), end };
  }, seconds * 1000);
}
