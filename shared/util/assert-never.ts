/** Marks a branch that the types rule out; adding a case without handling it no longer compiles. */
export function assertNever(value: never): never {
  throw new Error(`Not handled: ${JSON.stringify(value)}`);
}
