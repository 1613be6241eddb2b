/** A JSON value without the members that are null: GraphQL says null of what a record or command does not have. */
export function withoutNulls<T>(value: T): T {
  return JSON.parse(JSON.stringify(value, (_key, inner: unknown) => inner ?? undefined)) as T;
}
