import { expect, test } from 'vitest';
import {
  findPlaces,
  isAlert,
  obviousPlace,
  ownAddress,
  type Place,
} from '../../renderer/app/find.ts';
import { fakeCore } from './mount.tsx';

const ORIGIN = 'http://127.0.0.1:4100';
const summary = (key: number, id: string) => ({
  key,
  id,
  service: 'support-bot',
  environment: 'production',
  version: 'v42',
  startedAt: 1,
  title: 'Hola',
  hitTurn: null,
  exact: true,
});
const core = (more: Parameters<typeof fakeCore>[0]) =>
  fakeCore({
    'conversations.find': () => ({ ids: [], matches: [] }),
    'flags.list': () => ({ flags: [{ key: 'support-bot-model', source: 'unleash' }] }),
    'alerts.list': () => ({
      alerts: [
        {
          source: 'am',
          fingerprint: 'ab12cd',
          name: 'LatencyHigh',
          service: 'support-bot',
          state: 'firing',
          url: 'http://am/x',
        },
      ],
    }),
    'runbooks.list': () => ({ runbooks: [] }),
    ...more,
  });

test('a deep link and an address of this console lead where they say', () => {
  expect(ownAddress('nightdesk://conversation/c-1', ORIGIN)).toBe('/conversation/c-1');
  expect(ownAddress(`${ORIGIN}/flags?env=staging`, ORIGIN)).toBe('/flags?env=staging');
  expect(ownAddress('https://elsewhere.example/flags', ORIGIN)).toBeNull();
  expect(ownAddress('c-7f3a91e2', ORIGIN)).toBeNull();
});

test('a pasted correlation ID goes straight to its conversation', async () => {
  core({ 'conversations.find': () => ({ ids: ['c-1'], matches: [summary(1, 'c-1')] }) });
  const places = await findPlaces(' "c-1" ', 'production', ORIGIN);
  expect(obviousPlace(places)?.path).toBe('/conversation/c-1?service=support-bot&in=production');
});

test('the trace ID of a turn goes straight to that turn', async () => {
  const match = { ...summary(1, 'c-1'), hitTurn: 2 };
  core({ 'conversations.find': () => ({ ids: ['ab'], matches: [match] }) });
  const places = await findPlaces('trace_id=ab', 'production', ORIGIN);
  expect(obviousPlace(places)?.path).toBe(
    '/conversation/c-1?service=support-bot&in=production&turn=3',
  );
});

test('how an ID begins is enough where it is all that was typed', async () => {
  const match = { ...summary(1, '4bf92f35-1'), hitTurn: 0, exact: false };
  core({ 'conversations.find': () => ({ ids: ['4bf92f35'], matches: [match] }) });
  const places = await findPlaces('4bf92f35', 'production', ORIGIN);
  expect(obviousPlace(places)?.label).toBe('4bf92f35-1');
});

test('several words are searched for first, and an ID that one of them begins is offered beside', async () => {
  const match = { ...summary(1, 'refund-17'), exact: false };
  core({ 'conversations.find': () => ({ ids: ['refund', 'never'], matches: [match] }) });
  const places = await findPlaces('refund never arrived', 'production', ORIGIN);
  expect(places.map(({ kind }) => kind)).toEqual(['search', 'conversation']);
  expect(obviousPlace(places)).toBeNull();
});

test('an ID among several words goes straight to its conversation', async () => {
  core({ 'conversations.find': () => ({ ids: ['c-1'], matches: [summary(1, 'c-1')] }) });
  const places = await findPlaces('WARN slow answer in c-1', 'production', ORIGIN);
  expect(obviousPlace(places)?.label).toBe('c-1');
});

test('an ID that two services share is offered, not guessed', async () => {
  core({
    'conversations.find': () => ({ ids: ['c-1'], matches: [summary(1, 'c-1'), summary(2, 'c-1')] }),
  });
  expect(obviousPlace(await findPlaces('c-1', 'production', ORIGIN))).toBeNull();
});

test('a flag’s name and an alert’s link lead there', async () => {
  core({});
  expect(obviousPlace(await findPlaces('support-bot-model', 'production', ORIGIN))?.path).toBe(
    '/flags/unleash/support-bot-model',
  );
  const alert = obviousPlace(
    await findPlaces('http://am.example/#/alerts?filter=LatencyHigh', 'production', ORIGIN),
  );
  expect(alert?.path).toBe('/now?alert=ab12cd');
});

test('what nothing goes by is offered as a search, also when a source fails', async () => {
  core({
    'conversations.find': () => {
      throw new Error('down');
    },
  });
  const places = await findPlaces('reembolso', 'production', ORIGIN);
  expect(places.map((place: Place) => place.kind)).toEqual(['search']);
  expect(places[0]?.path).toBe('/conversations?q=reembolso');
  expect(obviousPlace(places)).toBeNull();
});

test('an alert is known by fingerprint, name and link', () => {
  const alert = { fingerprint: 'ab12cd', name: 'LatencyHigh', url: 'http://am/x' };
  expect(isAlert(alert, 'latencyhigh')).toBe(true);
  expect(isAlert(alert, 'http://am/x')).toBe(true);
  expect(isAlert(alert, 'https://am/#/alerts?x=%22AB12CD%22')).toBe(true);
  expect(isAlert(alert, 'latency')).toBe(false);
});
