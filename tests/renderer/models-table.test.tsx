/** Which way back each model version has in Flags, and that a refresh leaves what is pressed alone. */
import { act, useEffect, useState } from 'react';
import { afterEach, beforeEach, expect, it } from 'vitest';
import type { FlagRow, ModelRow } from '#shared/contract/flags.ts';
import { useWindow } from '../../renderer/client/window.ts';
import { ModelsTable } from '../../renderer/features/flags/ModelsTable.tsx';
import { fakeCore, mount } from './mount.tsx';
import { flagState } from './plan.fixture.ts';

const model = (version: string, part: ModelRow['part'], rollout: number): ModelRow => ({
  service: 'support-bot',
  environment: 'production',
  version,
  part,
  flag: 'model',
  rollout,
  trafficShare: rollout,
  firstSeenAt: 1,
  lastSeenAt: 2,
  conversations: 0,
  cells: [],
  lastDrilledAt: null,
});
const flag = {
  roles: [{ service: 'support-bot', role: 'model' }],
  state: flagState(0, 1000),
} as unknown as FlagRow;
const on = { kind: 'rollback', service: 'support-bot', environment: 'production' };

let page: Awaited<ReturnType<typeof mount>> | undefined;
beforeEach(() => {
  fakeCore({});
  useWindow.setState({ planning: null });
});
afterEach(() => page?.unmount());

const table = (...models: ModelRow[]) =>
  mount(<ModelsTable models={models} flags={[flag]} mayAct narrow={false} />);

it('the stable version, where all are on it, goes back to the latest before it', async () => {
  page = await table(model('v42', 'stable', 1), model('v41', 'other', 0), model('v40', 'other', 0));
  await page.click(/^Roll back v42$/);
  expect(useWindow.getState().planning).toEqual({ ...on, to: 'v41' });
  await page.unmount();
  page = await table(model('v42', 'stable', 1), model('v40', 'other', 0));
  expect(page.button(/^Roll back/), 'the flag does not offer v40').toBeUndefined();
});

it('a candidate goes back to stable, which itself has no way back meanwhile', async () => {
  page = await table(
    model('v42', 'candidate', 0.25),
    model('v43', 'stable', 0.75),
    model('v41', 'other', 0),
  );
  expect(page.button(/^Roll back v43$/)).toBeUndefined();
  await page.click(/^Roll back v42$/);
  expect(useWindow.getState().planning).toEqual(on);
});

it('a refresh of the data leaves the button that is focused or held, and the heads, in place', async () => {
  let refresh: (models: ModelRow[]) => void = () => {};
  function Live() {
    const [models, setModels] = useState([model('v42', 'candidate', 0.25)]);
    useEffect(() => {
      refresh = setModels;
    }, []);
    return <ModelsTable models={models} flags={[flag]} mayAct narrow={false} />;
  }
  page = await mount(<Live />);
  const button = page.button(/^Roll back v42$/);
  const head = document.querySelector('th:last-child span');
  button?.focus();
  await act(async () => refresh([model('v43', 'stable', 0.5), model('v42', 'candidate', 0.5)]));
  expect(page.text()).toContain('v43');
  expect(page.button(/^Roll back v42$/)).toBe(button);
  expect(document.activeElement).toBe(button);
  expect(document.querySelector('th:last-child span')).toBe(head);
});
