import { type Action, type Step, WebAddress } from '#shared/model/action.ts';
import { plainString } from '#shared/util/visible-text.ts';
import { formatDuration, inLocalTime, Panel, StateDot } from '../../ui/index.ts';
import { useNow } from '../../ui/now.ts';
import styles from './action.module.css';
import { STEP_WORD, stepText, stepTime, toneOfStep } from './words.ts';

const WORD: Record<Step['state'], string> = {
  waiting: 'waiting',
  running: 'running',
  done: 'proven',
  failed: 'failed',
  unknown: 'unknown',
  skipped: 'skipped',
};

/** To a page outside the console, which the host opens in the system's browser. */
function Link(props: { address: string | undefined }) {
  // Kept actions are shown as they were written: what is no page of the web must not become a link here.
  const { data: href } = WebAddress.safeParse(props.address);
  return href === undefined ? null : (
    <a href={href} target="_blank" rel="noopener noreferrer" title={plainString(href)}>
      Open the page
    </a>
  );
}

/** The proof, step by step, each with the time since the confirmation. */
export function Proof(props: { action: Action; children: React.ReactNode }) {
  const { action } = props;
  const now = useNow();
  const running = action.endedAt === null;
  const several = action.plan.changes.length > 1;
  const local = (text: string) => plainString(inLocalTime(text, Date.now()));
  const total = formatDuration(
    action.tookMs ?? Math.max(0, (action.endedAt ?? now) - action.startedAt),
  );
  return (
    <Panel title="Proof" aside={running ? `${total} so far` : `took ${total}`} flush>
      <ol className={styles.steps} aria-live="polite">
        {action.steps.map((step, index) => (
          <li
            key={`${step.name} ${step.change}`}
            className={styles.step}
            data-state={step.state}
            data-loud={action.outcome === 'not_restored' && step.state === 'failed'}
          >
            {several && step.change !== action.steps[index - 1]?.change ? (
              <span className={styles.stepOf}>
                {step.change === null
                  ? 'the action as a whole'
                  : plainString(`${step.change + 1} · ${action.plan.changes[step.change]?.what}`)}
              </span>
            ) : null}
            <span className={styles.mark} aria-hidden="true">
              {step.state === 'done' ? '✓' : null}
              {step.state === 'failed' ? '✗' : null}
              {step.state === 'unknown' ? '?' : null}
              {step.state === 'running' ? <span className={styles.spin} /> : null}
              {step.state === 'waiting' || step.state === 'skipped' ? '○' : null}
            </span>
            <strong className={styles.stepName}>{step.name}</strong>
            <span
              className={styles.stepText}
              title={step.text.length > 150 ? local(step.text) : undefined}
            >
              <span className="nd-unseen">{WORD[step.state]}: </span>
              {local(stepText(step.text)) ||
                (step.state === 'skipped' ? (
                  'not asked for'
                ) : (
                  <span className={styles.faint}>{STEP_WORD[step.name]}</span>
                ))}
              {step.next ? (
                <span className={styles.next}>
                  <StateDot tone={toneOfStep(step.state)} word="Next:" showWord />{' '}
                  {local(step.next)} <Link address={step.link} />
                </span>
              ) : null}
            </span>
            <span className={styles.stepTime}>
              {stepTime(step, action.startedAt) || (step.state === 'running' ? '…' : '')}
            </span>
          </li>
        ))}
      </ol>
      {props.children}
    </Panel>
  );
}
