import { Empty, Screen } from '../../ui/index.ts';

export default function Placeholder() {
  return (
    <Screen title="Signals">
      <Empty title="This screen is not built yet">Nothing is hidden behind it.</Empty>
    </Screen>
  );
}
