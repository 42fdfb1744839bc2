import { useCallback, useEffect, useMemo, useRef, useState } from 'react';
import { useSearchParams } from 'wouter';
import type { ConversationSummary } from '#shared/model/conversation.ts';
import { placeOf } from '#shared/util/place.ts';
import {
  addressOf,
  call,
  go,
  goWith,
  rangeAt,
  useOperation,
  useWindow,
} from '../../client/index.ts';
import {
  ErrorState,
  formatCount,
  Go,
  Notice,
  Panel,
  plural,
  Screen,
  Skeleton,
  StaleNotice,
} from '../../ui/index.ts';
import { MarkedWords } from '../../ui/Marked.tsx';
import { coreNow } from '../../ui/now.ts';
import { ConversationTable } from './ConversationTable.tsx';
import { isFiltered } from './chips.ts';
import { makeColumns } from './columns.tsx';
import styles from './Filters.module.css';
import { Filters } from './Filters.tsx';
import { type Asked, filterOf, NOTHING_ASKED, readAsked, writeAsked } from './filter-url.ts';
import { DropBundle, ImportButton, ImportResult, useImport } from './Import.tsx';
import { NothingFound } from './NothingFound.tsx';
import { SavedSearches } from './SavedSearches.tsx';
import { ShareSet } from './ShareSet.tsx';
import { Similar } from './Similar.tsx';
import { queryOf, queryWords } from './saved-query.ts';
import { type SearchRow, useRows } from './use-rows.ts';

/** How often what is newer than the list is counted, milliseconds. */
const NEWER_EVERY_MS = 3000;
/** New tools and flags are seen within a minute. */
const FACETS_EVERY_MS = 60_000;
const MONTH_MS = 30 * 24 * 3_600_000;

export default function Conversations() {
  const environment = useWindow((state) => state.environment);
  const range = useWindow((state) => state.range);
  const [params, setParams] = useSearchParams();
  const asked = useMemo(() => readAsked(params), [params]);
  const change = useCallback(
    (next: Asked) => setParams((now) => writeAsked(now, next), { replace: true }),
    [setParams],
  );

  // The list is asked for as of one moment and holds still; it renews itself only while nobody reads below.
  const [asOf, setAsOf] = useState(coreNow);
  const idle = useRef(true);
  const onIdle = useCallback((is: boolean) => {
    idle.current = is;
  }, []);
  const search = useMemo(() => {
    const { from, to } = rangeAt(range, asOf);
    return {
      text: asked.text,
      filter: filterOf(asked, environment, { from, to: range.kind === 'last' ? asOf : to }),
      sort: asked.sort,
    };
  }, [asked, environment, range, asOf]);
  const rows = useRows(search, environment !== '');
  const newer = useOperation(
    'conversations.search',
    { ...search, filter: { ...search.filter, from: asOf, to: asOf + MONTH_MS }, limit: 1 },
    {
      enabled: environment !== '' && range.kind === 'last' && rows.head !== undefined,
      everyMs: NEWER_EVERY_MS,
    },
  );
  const arrived = newer.data?.total ?? 0;
  useEffect(() => {
    if (arrived > 0 && idle.current && asked.sort === 'newest') setAsOf(coreNow());
  }, [arrived, asked.sort]);

  // The same box finds by correlation ID, whatever it is wrapped in.
  const found = useOperation(
    'conversations.find',
    { text: asked.text || '-', limit: 5 },
    { enabled: asked.text.trim().length >= 4 },
  );
  const matches = asked.text.trim().length >= 4 ? (found.data?.matches ?? []) : [];
  const open = useCallback(
    (row: Parameters<typeof addressOfRow>[0], turn: number | null = null) =>
      go(addressOfRow(row, '', turn)),
    [],
  );
  const openHit = useCallback(
    (row: SearchRow) => go(addressOfRow(row, asked.text, row.hitTurn)),
    [asked.text],
  );
  const onEnter = useCallback(
    async (text: string) => {
      if (text.trim() === '') return;
      const answer = await call('conversations.find', { text, limit: 2 }).catch(() => null);
      const only = answer?.matches.length === 1 ? answer.matches[0] : undefined;
      // Of several words any may be how an ID begins: they are searched for.
      const meant =
        answer?.matches.find(({ exact }) => exact) ?? (/\s/.test(text.trim()) ? undefined : only);
      if (meant) open(meant, meant.hitTurn);
    },
    [open],
  );

  const overview = useOperation('overview.read', { environment }, { enabled: environment !== '' });
  const matrix = overview.data?.matrix;
  const part = useCallback(
    (row: SearchRow) =>
      matrix?.find((one) => one.service === row.service && one.version === row.version)?.part ??
      'other',
    [matrix],
  );
  const columns = useMemo(() => makeColumns(asked.text, part), [asked.text, part]);
  const facets = useOperation(
    'conversations.facets',
    { environment },
    { enabled: environment !== '', everyMs: FACETS_EVERY_MS, keepPrevious: true },
  );

  const { head, total } = rows;
  const importing = useImport();
  const count = head
    ? `${head.totalIs === 'atLeast' ? 'at least ' : ''}${formatCount(head.total)} ${head.total === 1 ? 'conversation' : 'conversations'}`
    : null;
  return (
    <Screen title="Conversations" fill>
      <Filters
        asked={asked}
        known={facets.data}
        environment={environment}
        range={range}
        onChange={change}
        onEnter={(text) => void onEnter(text)}
      >
        <SavedSearches query={queryOf(asked, environment, range)} />
      </Filters>
      <StaleNotice freshness={head?.freshness} />
      {rows.error && head ? (
        <Notice tone="watch" word="Stale">
          The search could not be run again: {rows.error.message}
        </Notice>
      ) : null}
      {matches.length > 0 ? (
        <Notice tone="info" word="By correlation ID">
          <span className={styles.matches}>
            {matches.map((match) => (
              <Go key={match.key} to={addressOfRow(match, '', match.hitTurn)}>
                {match.id.slice(0, 60)} · {match.service} {match.version} ·{' '}
                {match.hitTurn === null
                  ? plural(match.turns, 'turn')
                  : `turn ${match.hitTurn + 1} of ${match.turns}`}
              </Go>
            ))}
          </span>
        </Notice>
      ) : null}
      {environment !== '' && isOpen(asked) ? (
        <Similar environment={environment} service={asked.services[0]} range={range} />
      ) : null}
      {rows.error && !head ? (
        <ErrorState
          error={rows.error}
          what="The conversations could not be searched"
          retry={rows.again}
        />
      ) : head && total === 0 ? (
        <NothingFound
          text={asked.text}
          filtered={isFiltered(asked)}
          range={range}
          freshness={head.freshness}
          onClear={() => change({ ...NOTHING_ASKED, text: asked.text })}
          onWiden={() => goWith({ range: { kind: 'last', ms: MONTH_MS } })}
          again={() => setAsOf(coreNow())}
        />
      ) : (
        <DropBundle importing={importing}>
          <Panel
            flush
            fill
            title={count ?? 'Conversations'}
            aside={
              <span className={styles.aside}>
                {arrived > 0 && asked.sort === 'newest' ? (
                  <button type="button" className={styles.newer} onClick={() => setAsOf(coreNow())}>
                    {arrived} newer, show
                  </button>
                ) : (
                  <span>arrows and Enter open one</span>
                )}
                <Go to="/replays">re-runs</Go>
                <ImportButton importing={importing} />
                <ShareSet
                  search={search}
                  title={queryWords(queryOf(asked, environment, range)).slice(0, 200)}
                  count={head?.total ?? 0}
                  atLeast={head?.totalIs === 'atLeast'}
                />
              </span>
            }
          >
            {head ? (
              <MarkedWords value={asked.text}>
                <ConversationTable
                  key={JSON.stringify([asked, environment, range])}
                  columns={columns}
                  total={total}
                  loaded={rows.loaded}
                  rowAt={rows.rowAt}
                  indexOf={rows.indexOf}
                  want={rows.want}
                  sort={asked.sort}
                  onSort={(sort) => change({ ...asked, sort })}
                  onOpen={openHit}
                  onIdle={onIdle}
                  wideTime={range.kind === 'fixed' || range.ms > 6 * 3_600_000}
                />
              </MarkedWords>
            ) : (
              <Skeleton lines={14} label="Searching the conversations" />
            )}
          </Panel>
        </DropBundle>
      )}
      <ImportResult importing={importing} />
    </Screen>
  );
}

/** With the words that led there, to be marked, and the turn they were found in. */
function addressOfRow(
  row: Pick<ConversationSummary, 'id' | 'service' | 'environment'>,
  text = '',
  turn: number | null = null,
): string {
  return addressOf(placeOf('conversation', row.id), {
    service: row.service,
    in: row.environment,
    q: text.trim() === '' ? undefined : text.trim(),
    turn: turn === null ? undefined : String(turn + 1),
  });
}

/** Nothing is asked but at most one service and the failing ones: then what fails is told in clusters. */
function isOpen(asked: Asked): boolean {
  const { services } = asked;
  const rest = { ...asked, failing: false, services: [] };
  return asked.text.trim() === '' && services.length <= 1 && !isFiltered(rest);
}
