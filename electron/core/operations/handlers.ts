import type { CallContext } from '#core/deps.ts';
import type { OperationName, Output, ParsedInput } from '#shared/contract/index.ts';

/** One function per operation. Each domain's file answers its own part; core.ts joins them. */
export type Handlers = {
  [K in OperationName]: (input: ParsedInput<K>, context: CallContext) => Promise<Output<K>>;
};
