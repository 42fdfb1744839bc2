import type { Incident } from '#shared/contract/overview.ts';
import { plainString } from '#shared/util/visible-text.ts';
import { useOperation } from '../../client/query.ts';
import { useWindow } from '../../client/window.ts';
import { Age, Empty, Go, Panel, plural, StateDot } from '../../ui/index.ts';
import { runbookPath } from './IncidentBanner.tsx';
import styles from './now.module.css';
import { stepsOf } from './runbook-steps.ts';

type IncidentRunbook = NonNullable<Incident['runbook']>;

/** The matching runbook, whether it is true, and its first steps. */
export function RunbookPanel(props: {
  runbook: Incident['runbook'];
  service: string;
  onAct: (() => void) | null;
}) {
  const { runbook } = props;
  if (!runbook) {
    return (
      <Panel title="Runbook" flush fill>
        <Empty small title={`No runbook is for ${props.service}`}>
          Name one in the configuration, or name the alert in a runbook’s front matter.
        </Empty>
      </Panel>
    );
  }
  return (
    <Panel
      title={<Go to={runbookPath(runbook.id)}>Runbook: {runbook.title}</Go>}
      aside={<Verified runbook={runbook} />}
      fill
    >
      <Steps id={runbook.id} onAct={props.onAct} />
    </Panel>
  );
}

/** "all verified 2 min ago", or which are broken. */
function Verified(props: { runbook: IncidentRunbook }) {
  const { references, checkedAt } = props.runbook;
  const broken = references.filter((one) => one.state === 'broken');
  const unchecked = references.filter((one) => one.state === 'unchecked').length;
  if (broken.length > 0) {
    return (
      <span
        title={plainString(broken.map((one) => `${one.kind} ${one.name}: ${one.why}`).join('\n'))}
      >
        <StateDot tone="bad" word={`${broken.length} of ${references.length} broken`} showWord />
      </span>
    );
  }
  if (references.length === 0)
    return <StateDot tone="unknown" word="names nothing to check" showWord />;
  return (
    <span className={styles.verified} title={plural(references.length, 'reference')}>
      <StateDot
        tone={unchecked > 0 ? 'unknown' : 'ok'}
        word={unchecked > 0 ? `${unchecked} of ${references.length} not checked` : 'all verified'}
        showWord
      />{' '}
      <Age at={checkedAt} suffix=" ago" />
    </span>
  );
}

function Steps(props: { id: string; onAct: (() => void) | null }) {
  const environment = useWindow((state) => state.environment);
  const runbook = useOperation('runbooks.read', { id: props.id, environment });
  const steps = stepsOf(runbook.data?.runbook.body ?? '');
  if (runbook.data && steps.length === 0) {
    return <p className={styles.changeWhy}>Open it for its text: it has no list of steps.</p>;
  }
  return (
    <ol className={styles.steps}>
      {steps.slice(0, 6).map((step) => (
        <li key={step.text} title={plainString(step.text)}>
          <span className={styles.stepLine}>{plainString(step.text)}</span>
          {step.acts && props.onAct ? (
            <>
              {' '}
              <button type="button" className={styles.link} onClick={props.onAct}>
                open the plan
              </button>
            </>
          ) : null}
        </li>
      ))}
    </ol>
  );
}
