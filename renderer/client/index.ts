export { call, subscribe } from './client.ts';
export { useConnection } from './connection.ts';
export { addressOf, go, goWith } from './go.ts';
export { type OperationOptions, operationKey, useAct, useOperation } from './query.ts';
export { LAST, type Range, rangeAt, rangeInto } from './range.ts';
export { LOOK_ONLY, useEnvironment, useMayAct, useSession } from './session.ts';
export { type ScreenCommand, useWindow } from './window.ts';
