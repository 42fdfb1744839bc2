import { useState } from 'react';
import type { Incident } from '#shared/contract/overview.ts';
import { useShare } from '../../client/share.ts';
import { useWindow } from '../../client/window.ts';
import { copyText, formatCount, saveFile } from '../../ui/index.ts';
import { ShareMenu } from '../../ui/ShareMenu.tsx';
import { headline } from './matrix.ts';

/** The failing conversations of an incident, as a set. */
export function ShareIncident({ incident }: { incident: Incident }) {
  const environment = useWindow((state) => state.environment);
  const [evaluating, setEvaluating] = useState(false);
  const share = useShare(
    {
      kind: 'set',
      title: headline(incident).slice(0, 200),
      filter: {
        environment,
        services: [incident.service],
        failing: true,
        from: Math.round(incident.since),
      },
    },
    { save: saveFile, copy: copyText },
  );
  return (
    <ShareMenu
      small
      share={share}
      count={incident.failingTotal}
      label={`Share ${formatCount(incident.failingTotal)}`}
      evaluating={evaluating}
      onEvaluating={setEvaluating}
    />
  );
}
