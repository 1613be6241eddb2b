/** What a certificate may act as: the organisational unit in its subject, as Fabric's NodeOUs read it. */
export type NodeRole = 'client' | 'peer' | 'admin' | 'orderer';

/** Every {@link NodeRole}. */
export const NODE_ROLES: readonly NodeRole[] = ['client', 'peer', 'admin', 'orderer'];

/** True for one of the four words of {@link NODE_ROLES}. */
export function isNodeRole(text: string): text is NodeRole {
  return (NODE_ROLES as readonly string[]).includes(text);
}
