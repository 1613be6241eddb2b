export { GatewayError } from './gateway-error.js';
export type { GatewayErrorCode } from './gateway-error.js';
export { buildSchema } from './graphql/schema.js';
export { startNode } from './node/node.js';
export type { PassportNode } from './node/node.js';
export type { NodeOptions } from './node/options.js';
export { ReadModel } from './read-model/read-model.js';
