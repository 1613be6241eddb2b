import Type from 'typebox';

/** What a party may be. A rule checks the role and the organisation, never the role alone. */
export const ROLES = [
  'material-supplier',
  'cathode-maker',
  'oem',
  'collector',
  'remanufacturer',
  'second-life-operator',
  'recycler',
  'laboratory',
  'estimator',
  'regulator',
] as const;
export type Role = (typeof ROLES)[number];
/** Role of a party. */
export const Role = Type.Enum([...ROLES], { description: 'Role of a party' });

/** Whether a value names a role. */
export function isRole(value: unknown): value is Role {
  return (ROLES as readonly unknown[]).includes(value);
}
