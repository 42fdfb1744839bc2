import { lazy, Suspense } from 'react';
import { Redirect, Route, Switch } from 'wouter';
import { addressOf } from '../client/go.ts';
import { Empty, Go, Screen, Skeleton } from '../ui/index.ts';

// Now is what a paged person opens: it is fetched beside the shell. The others come when they are opened.
const nowScreen = import('../features/now/index.tsx');
const Now = lazy(() => nowScreen);
const conversationsScreen = () => import('../features/conversations/index.tsx');
const Conversations = lazy(conversationsScreen);
const conversationScreen = () => import('../features/conversation/index.tsx');
const Conversation = lazy(conversationScreen);
const Flags = lazy(() => import('../features/flags/index.tsx'));
const Signals = lazy(() => import('../features/signals/index.tsx'));
const Runbooks = lazy(() => import('../features/runbooks/index.tsx'));
const Journal = lazy(() => import('../features/journal/index.tsx'));
const Sources = lazy(() => import('../features/sources/index.tsx'));
const Replays = lazy(() => import('../features/replay/index.tsx'));
const actionScreen = () => import('../features/action/index.tsx');
const Action = lazy(actionScreen);

export const planDialog = () => import('../features/action/PlanDialog.tsx');

const AHEAD_AFTER_MS = 1500;

/** What comes after Now: neither a pasted ID nor the press that rolls back should wait for code. Answers how to call it off. */
export function fetchAhead(): () => void {
  const timer = setTimeout(async () => {
    for (const screen of [conversationScreen, actionScreen, planDialog, conversationsScreen]) {
      // One that cannot be fetched now is asked for again when it is opened, and says so there.
      await screen().catch(() => undefined);
    }
  }, AHEAD_AFTER_MS);
  return () => clearTimeout(timer);
}

/** Screens read their own parameters with `useIds`. */
export function Routes() {
  return (
    <Suspense fallback={<Skeleton lines={6} label="Loading the screen" />}>
      <Switch>
        <Route path="/now" component={Now} />
        <Route path="/conversations" component={Conversations} />
        <Route path="/conversation/:id" component={Conversation} />
        <Route path="/replays/*?" component={Replays} />
        <Route path="/flags" component={Flags} />
        <Route path="/flags/:source/:key" component={Flags} />
        <Route path="/signals" component={Signals} />
        <Route path="/runbooks" component={Runbooks} />
        <Route path="/runbooks/*?" component={Runbooks} />
        <Route path="/journal" component={Journal} />
        <Route path="/sources" component={Sources} />
        <Route path="/action/:id" component={Action} />
        <Route path="/">
          <Redirect to={addressOf('/now')} replace />
        </Route>
        <Route>
          <Screen title="Not found">
            <Empty title="There is no such place" actions={<Go to="/now">Go to Now</Go>}>
              The address names a screen that this console does not have.
            </Empty>
          </Screen>
        </Route>
      </Switch>
    </Suspense>
  );
}
