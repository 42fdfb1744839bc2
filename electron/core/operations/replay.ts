import type { Replays } from '#core/replay/engine.ts';
import type { Nightly } from '#core/replay/nightly.ts';
import type { Handlers } from './handlers.ts';

export function replayHandlers(deps: {
  replays: Replays;
  nightly: Nightly;
}): Pick<
  Handlers,
  | 'replay.endpoints'
  | 'replay.preview'
  | 'replay.run'
  | 'replay.sample'
  | 'replay.cancel'
  | 'replay.read'
  | 'replay.case'
  | 'replay.list'
> {
  const { nightly, replays } = deps;
  return {
    'replay.endpoints': () => replays.endpoints(),
    'replay.preview': (request, { signal }) => replays.preview(request, signal),
    // Not tied to the caller's signal: a window that closes does not end what was begun.
    'replay.run': async (request, { caller }) => ({
      replay: await replays.run(request, caller.name),
    }),
    'replay.sample': async (what, { caller }) => ({
      replay: await nightly.sample(what, caller.name),
    }),
    'replay.cancel': async ({ id }) => ({ replay: await replays.cancel(id) }),
    'replay.read': ({ id }) => replays.read(id),
    'replay.case': ({ id, number }) => replays.case(id, number),
    'replay.list': async (args) => ({ replays: await replays.list(args) }),
  };
}
