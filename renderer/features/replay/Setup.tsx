import { Button, SegmentedControl, Switch } from '@mantine/core';
import { useDebouncedValue } from '@mantine/hooks';
import { useMemo, useState } from 'react';
import type { Input, Output } from '#shared/contract/index.ts';
import type { ServiceConfig } from '#shared/model/config.ts';
import type { ConversationSummary } from '#shared/model/conversation.ts';
import { slowTurnOf } from '#shared/util/failures.ts';
import { placeOf } from '#shared/util/place.ts';
import { plainString } from '#shared/util/visible-text.ts';
import { go } from '../../client/go.ts';
import { isUnanswered, useAct, useOperation } from '../../client/query.ts';
import { useSession } from '../../client/session.ts';
import { Dim, ErrorState, Go, Notice, Panel, Screen, VersionTag } from '../../ui/index.ts';
import { BoundField } from '../../ui/NumberField.tsx';
import { EarlierRuns } from './EarlierRuns.tsx';
import { chosenEndpoints, usualEndpoints } from './endpoints.ts';
import { SelectField } from './fields.tsx';
import { Preview } from './Preview.tsx';
import styles from './replay.module.css';
import { TurnChoice } from './TurnChoice.tsx';
import { type ConversationId, useTurnsAround } from './use-turns.ts';

const SETTLES_MS = 300;

/** What is to be answered again. */
export type What =
  | {
      kind: 'one';
      which: ConversationId;
      summary: ConversationSummary;
      /** The one to begin with, from 0. */
      turn: number;
    }
  | {
      kind: 'many';
      services: readonly string[];
      service: string;
      version: string | null;
      since: number | null;
    };

type Request = Omit<Input<'replay.run'>, 'budget'>;

/** Which turns, by whom, how often, within what: and what that will take before anything is sent. */
export function Setup(props: {
  what: What;
  environment: string;
  known: Output<'replay.endpoints'>;
  services: ServiceConfig[];
}) {
  const { environment, known, what } = props;
  const session = useSession();
  const mayRun = session !== undefined && session.role !== 'viewer';
  const [service, setService] = useState(what.kind === 'one' ? what.summary.service : what.service);
  const slowTurnMs = slowTurnOf(props, service);
  const [turn, setTurn] = useState<number | 'all'>(what.kind === 'one' ? what.turn : 'all');
  /** The one chosen last: those around it are shown. */
  const [at, setAt] = useState(what.kind === 'one' ? what.turn : 0);
  const [conversations, setConversations] = useState(20);
  const [samples, setSamples] = useState(what.kind === 'one' ? 5 : 1);
  // Numbers are typed key by key: the core is asked once they have settled.
  const typed = useMemo(
    () => ({ at, conversations, samples, turn }),
    [at, conversations, samples, turn],
  );
  const [settled] = useDebouncedValue(typed, SETTLES_MS);
  const page = useTurnsAround(what.kind === 'one' ? what.which : null, settled.at);
  const [whole, setWhole] = useState(false);
  const answered =
    what.kind === 'many'
      ? what.version
      : ((settled.turn === 'all' ? null : page.turns?.[settled.turn - page.first]?.live.version) ??
        what.summary.version);
  const flag = props.services.find((one) => one.id === service)?.modelFlag;
  const usual = useMemo(
    () => usualEndpoints(known.endpoints, known.judge, { service, environment, answered, flag }),
    [known, service, environment, answered, flag],
  );
  const [picked, setPicked] = useState<{ baseline?: string; other?: string }>({});
  const chosen = chosenEndpoints(picked, usual);
  const [history, setHistory] = useState<'own' | 'recorded'>('own');
  const [judge, setJudge] = useState(known.judge !== null);
  const [budget, setBudget] = useState(known.budget);
  const several = turn === 'all' && (what.kind === 'one' || whole);

  const requestOf = ({ conversations, samples, turn }: typeof typed): Request => ({
    target:
      what.kind === 'many'
        ? {
            kind: 'batch',
            service,
            environment,
            conversations,
            turns: whole ? 'all' : 'failing',
            filter: {
              failing: true,
              ...(what.version === null ? {} : { versions: [what.version] }),
              ...(what.since === null ? {} : { from: what.since }),
            },
          }
        : turn === 'all'
          ? { kind: 'conversation', conversation: what.summary.key }
          : { kind: 'turn', conversation: what.summary.key, turn },
    endpoints: chosen,
    samples,
    history,
    judge: judge && known.judge !== null,
  });
  const preview = useOperation('replay.preview', requestOf(settled), {
    enabled: mayRun && chosen.length > 0,
    keepPrevious: true,
    freshMs: 60_000,
  });
  const run = useAct('replay.run', {
    onSuccess: ({ replay }) => go(placeOf('replays', replay.id)),
  });
  const blocked = (preview.data?.blockers.length ?? 0) > 0 || chosen.length === 0;
  return (
    <Screen
      title={what.kind === 'one' ? 'Re-run a conversation' : 'Re-run failing conversations'}
      head={
        what.kind === 'one' ? (
          <span className={styles.headAside}>
            <Go
              to={placeOf('conversation', what.summary.id)}
              extra={{ service: what.summary.service, in: what.summary.environment }}
            >
              <code>{plainString(what.summary.id)}</code>
            </Go>{' '}
            {plainString(what.summary.service)} <VersionTag version={what.summary.version} />
          </span>
        ) : (
          <span className={styles.headAside}>newest first, in {environment}</span>
        )
      }
    >
      <form
        className={styles.setup}
        onSubmit={(event) => {
          event.preventDefault();
          if (mayRun && !blocked && !run.isPending) run.mutate({ ...requestOf(typed), budget });
        }}
      >
        {what.kind === 'one' ? (
          <Panel title="Which turn" aside="a turn stands on what was recorded before it" flush fill>
            <TurnChoice
              page={page}
              total={what.summary.turns}
              slowTurnMs={slowTurnMs}
              chosen={turn}
              onChoose={(next) => {
                setTurn(next);
                if (next !== 'all') setAt(next);
              }}
            />
          </Panel>
        ) : (
          <Panel title="Which conversations">
            <div className={styles.fields}>
              <SelectField
                label="Service"
                value={service}
                options={what.services.map((one) => ({ value: one, label: one }))}
                onChange={setService}
              />
              <BoundField
                label="Conversations at most"
                whole
                value={conversations}
                min={1}
                max={200}
                onChange={setConversations}
              />
              <p className={styles.hint}>
                The newest failing ones
                {what.version === null ? '' : ` that ran on ${plainString(what.version)}`}
                {what.since === null ? '' : ' since the alert began'}.
              </p>
              <SegmentedControl
                aria-label="Which of their turns"
                value={whole ? 'all' : 'failing'}
                onChange={(next) => setWhole(next === 'all')}
                data={[
                  { value: 'failing', label: 'The turn that failed first' },
                  { value: 'all', label: 'Every turn' },
                ]}
              />
            </div>
          </Panel>
        )}
        <div className={styles.side}>
          <Panel title="By whom, how often">
            <div className={styles.fields}>
              <SelectField
                label={
                  usual.asThen !== null && chosen[0] === usual.asThen
                    ? 'Baseline, as it answered then'
                    : 'Baseline'
                }
                value={chosen[0] ?? ''}
                options={usual.options}
                onChange={(baseline) => setPicked({ ...picked, baseline })}
              />
              {answered && usual.asThen === null ? (
                <p className={styles.hint}>
                  No endpoint serves <VersionTag version={answered} />, which answered then: the
                  baseline is another version.
                </p>
              ) : null}
              <SelectField
                label="Against"
                value={chosen[1] ?? ''}
                options={[
                  ...usual.options.filter((one) => one.value !== chosen[0]),
                  { value: '', label: 'nobody: only how the baseline wanders' },
                ]}
                onChange={(other) => setPicked({ ...picked, other })}
              />
              <BoundField
                label="Samples each"
                whole
                value={samples}
                min={1}
                max={20}
                onChange={setSamples}
              />
              {several ? (
                <SegmentedControl
                  aria-label="What the model is told of the turns before"
                  value={history}
                  onChange={(next) => setHistory(next === 'own' ? 'own' : 'recorded')}
                  data={[
                    { value: 'own', label: 'Goes on from its own answers' },
                    { value: 'recorded', label: 'Each turn on the recording' },
                  ]}
                />
              ) : null}
              <Switch
                label={known.judge === null ? 'No judge is configured' : `Scored by ${known.judge}`}
                checked={judge && known.judge !== null}
                disabled={known.judge === null}
                onChange={(event) => setJudge(event.currentTarget.checked)}
              />
            </div>
          </Panel>
          <Panel title="Within" aside="it ends when one of them is used up">
            <div className={styles.budget}>
              <BoundField
                label="Requests"
                whole
                value={budget.requests}
                min={1}
                max={100_000}
                onChange={(requests) => setBudget({ ...budget, requests })}
              />
              <BoundField
                label="Tokens"
                whole
                value={budget.tokens}
                min={1}
                max={1_000_000_000}
                onChange={(tokens) => setBudget({ ...budget, tokens })}
              />
              <BoundField
                label="US dollars"
                value={budget.usd}
                min={0.01}
                max={100_000}
                onChange={(usd) => setBudget({ ...budget, usd })}
              />
              <BoundField
                label="Minutes"
                value={budget.minutes}
                min={0.1}
                max={1440}
                onChange={(minutes) => setBudget({ ...budget, minutes })}
              />
            </div>
          </Panel>
          <Panel>
            {!mayRun ? (
              <Notice tone="unknown" word="Looking only">
                A re-run costs money and sends transcripts to the endpoints: it needs the role
                responder.
              </Notice>
            ) : (
              <Preview
                preview={preview.data}
                error={preview.error}
                stale={preview.isPlaceholderData || settled !== typed}
                budget={budget}
                endpoints={known.endpoints.filter(({ id }) => chosen.includes(id))}
              />
            )}
            {run.error ? (
              <ErrorState
                small
                act
                error={run.error}
                what={
                  isUnanswered(run.error)
                    ? 'Whether the re-run has begun is not known: look at Re-runs'
                    : 'The re-run was not begun'
                }
              />
            ) : null}
            <div className={styles.go}>
              <Dim>Nothing is executed: tools are answered from the recording.</Dim>
              <Button
                type="submit"
                size="sm"
                autoFocus
                disabled={!mayRun || blocked}
                loading={run.isPending}
                // A key held down from the place before must not begin it.
                onKeyDown={(event) => {
                  if (event.repeat) event.preventDefault();
                }}
              >
                Re-run
              </Button>
            </div>
          </Panel>
        </div>
        {what.kind === 'one' ? <EarlierRuns conversation={what.summary.key} /> : null}
      </form>
    </Screen>
  );
}
