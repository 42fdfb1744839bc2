import { Route, Switch } from 'wouter';
import { NewReplay } from './NewReplay.tsx';
import { ReplayList } from './ReplayList.tsx';
import { ReplayPage } from './ReplayPage.tsx';

/** `/replays` every re-run, `/replays/new` what to run, `/replays/:id` one of them. */
export default function Replays() {
  return (
    <Switch>
      <Route path="/replays" component={ReplayList} />
      <Route path="/replays/new" component={NewReplay} />
      <Route path="/replays/:id" component={ReplayPage} />
    </Switch>
  );
}
