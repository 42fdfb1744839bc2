import { Button, Menu } from '@mantine/core';
import { useEffect, useMemo } from 'react';
import { plainString } from '#shared/util/visible-text.ts';
import { useOperation } from '../../client/query.ts';
import { useSession } from '../../client/session.ts';
import { useWindow } from '../../client/window.ts';
import { plural } from '../../ui/index.ts';

/** Takes the nightly sample at once: of the one service that it is configured for, or of one of them. */
export function SampleNow(props: {
  environment: string;
  pending: boolean;
  onSample: (service: string) => void;
}) {
  const { environment, onSample, pending } = props;
  const { data } = useOperation('settings.read', {});
  const session = useSession();
  const nightly = data?.config?.replay.nightly;
  const services = useMemo(
    () =>
      (data?.services ?? [])
        .filter((one) => nightly?.services.includes(one.id) && one.environments[environment])
        .map(({ id }) => id),
    [data, nightly, environment],
  );
  const mayRun = session !== undefined && session.role !== 'viewer';
  useEffect(() => {
    if (!mayRun) return;
    const { setCommands } = useWindow.getState();
    setCommands(
      'sample',
      services.map((id) => ({
        id: `sample-${id}`,
        label: `Take the nightly sample of ${id} now`,
        run: () => onSample(id),
      })),
    );
    return () => setCommands('sample', []);
  }, [services, mayRun, onSample]);
  if (!data || session === undefined) return null;
  const [only] = services;
  const button = {
    variant: 'default',
    loading: pending,
    disabled: only === undefined || !mayRun,
    title:
      nightly === undefined || only === undefined
        ? `No nightly sample is configured for ${environment} (replay.nightly).`
        : `Up to ${plural(nightly.sample, 'conversation')} of the last day: scored as recorded, and answered again by the stable version. By itself at ${nightly.at}.`,
  };
  if (only === undefined || services.length === 1) {
    return (
      <Button {...button} onClick={() => only && onSample(only)}>
        Sample now
      </Button>
    );
  }
  return (
    <Menu position="bottom-end" transitionProps={{ duration: 0 }}>
      <Menu.Target>
        <Button {...button}>Sample now</Button>
      </Menu.Target>
      <Menu.Dropdown>
        {services.map((id) => (
          <Menu.Item key={id} onClick={() => onSample(id)}>
            {plainString(id)}
          </Menu.Item>
        ))}
      </Menu.Dropdown>
    </Menu>
  );
}
