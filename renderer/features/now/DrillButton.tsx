import { Button } from '@mantine/core';
import type { Drilled } from '#shared/model/action.ts';
import { DRILL_PATH, drillOf, UNDRILLABLE } from '../../client/plan.ts';
import { LOOK_ONLY, useMayAct } from '../../client/session.ts';
import { useWindow } from '../../client/window.ts';
import styles from './now.module.css';

/** Opens the plan of a drill; nothing where the path is drilled nowhere; why not, where there is nothing to drill now. */
export function DrillButton({
  of,
}: {
  of: Pick<Drilled, 'service' | 'environment' | 'drill' | 'idle'>;
}) {
  const mayAct = useMayAct();
  const request = drillOf(of);
  if (request === null) return null;
  if (of.idle !== undefined) {
    return (
      <span className={styles.changeWhy}>
        {UNDRILLABLE}: {of.idle}
      </span>
    );
  }
  return (
    <Button
      size="compact-xs"
      variant="default"
      disabled={!mayAct}
      title={mayAct ? undefined : LOOK_ONLY}
      aria-label={`Drill the ${DRILL_PATH[of.drill]} of ${of.service} in ${of.environment}`}
      onClick={() => useWindow.getState().openPlan(request)}
    >
      Drill
    </Button>
  );
}
