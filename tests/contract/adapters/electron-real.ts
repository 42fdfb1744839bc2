import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { _electron } from 'playwright-core';
import type { CoreEvent } from '#shared/contract/index.ts';
import { hasScreen } from '../../../electron/launch/choose-host.ts';
import { electronBinary } from '../../../electron/launch/electron-binary.ts';
import { createIpcTransport } from '../../../renderer/client/transports/ipc.ts';
import type { Adapter } from './adapter.ts';

const root = fileURLToPath(new URL('../../../', import.meta.url));

function whyNot(): string | null {
  if (!electronBinary()) return "Electron's binary is not on this machine";
  if (!hasScreen({ platform: process.platform, env: process.env })) return 'there is no screen';
  if (process.getuid?.() === 0) return 'Electron does not run as root';
  return existsSync(`${root}out/main/electron.js`) ? null : 'there is no build: npm run build';
}

export const realElectronAdapter: Adapter = {
  name: 'real Electron',
  skip: whyNot(),
  async start({ data, config }) {
    const executablePath = electronBinary();
    if (!executablePath) throw new Error("Electron's binary is not on this machine");
    const app = await _electron.launch({
      executablePath,
      args: [root, '--data', data, '--config', config],
    });
    const page = await app.firstWindow();
    let calls = 0;
    const listeners = new Set<(event: CoreEvent) => void>();
    await page.exposeFunction('heard', (event: CoreEvent) => {
      for (const fn of listeners) fn(event);
    });
    await page.evaluate(() => {
      const scope: { nightdesk?: Window['nightdesk']; heard?: (event: unknown) => void } = window;
      scope.nightdesk?.subscribe((event) => scope.heard?.(event));
    });
    const bridge: Parameters<typeof createIpcTransport>[0] = {
      call(operation, input, whenCancelled) {
        calls += 1;
        const id = calls;
        const answer = page.evaluate(
          async ({ operation, input, id }) => {
            const scope: Window & { cancels?: Record<number, () => void> } = window;
            if (!scope.nightdesk) throw new Error('The preload put no bridge on the window.');
            return scope.nightdesk.call(operation, input, (cancel) => {
              scope.cancels = { ...scope.cancels, [id]: cancel };
            });
          },
          { operation, input, id },
        );
        whenCancelled(() => {
          void page.evaluate((call) => {
            const scope: Window & { cancels?: Record<number, () => void> } = window;
            scope.cancels?.[call]?.();
          }, id);
        });
        return answer;
      },
      subscribe(fn) {
        listeners.add(fn);
        return () => {
          listeners.delete(fn);
        };
      },
    };
    return {
      transport: createIpcTransport(bridge),
      cutLine: null,
      close: () => app.close(),
    };
  },
};
