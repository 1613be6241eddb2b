import { join, resolve } from 'node:path';
import { DEVELOPMENT_ENROLMENTS } from '../node/development-enrolments.js';
import type { PassportNode } from '../node/node.js';

/** What a newcomer needs after the start: the address, tokens, and questions to paste. */
export function welcome(node: PassportNode, production: boolean): string {
  const lines = [
    '',
    `  GraphQL   ${node.url}/graphql`,
    `  Health    ${node.url}/healthz`,
    `  Metrics   ${node.url}/metrics`,
  ];
  for (const { mspId, port } of node.grpcEndpoints) lines.push(`  gRPC      127.0.0.1:${port} (TLS, ${mspId})`);
  if (!production) lines.push('', ...tokenLines(node), '', ...questionLines(node));
  return `${lines.join('\n')}\n\n`;
}

function tokenLines(node: PassportNode): string[] {
  const lines = ['  Tokens for development only: whoever holds one acts as that party. They are in node.json too.'];
  for (const { subject, partyName, mspId } of DEVELOPMENT_ENROLMENTS) {
    const token = node.tokens[subject];
    if (token === undefined) continue;
    lines.push('', `  ${subject} (${partyName}, ${mspId})`, `  ${token}`);
  }
  return lines;
}

function questionLines({ url, firstIdOf, dataDir }: PassportNode): string[] {
  const pack = firstIdOf('pack');
  const certificate = firstIdOf('certificate');
  const nodeFile = JSON.stringify(join(resolve(dataDir), 'node.json'));
  const lines = [
    '  Questions to paste. Without a token the public part is answered; the token shows what its party may see:',
    '',
    `  TOKEN=$(node -p 'require(${nodeFile}).tokens.oem')`,
    '',
    ask(url, '{ standing { blockNumber } packs(first: 3) { totalCount nodes { id digitalLink manufacturedAt } } }'),
  ];
  if (pack !== undefined) {
    lines.push(
      '',
      ask(
        url,
        `{ pack(id: \\"${pack}\\") { state holder attestation { cathodeClass soh { valuePpm } } sortingDecision { route } contents { element origins { kind minedIn refinedIn massMg } } } }`,
        true,
      ),
    );
  }
  if (certificate !== undefined) {
    lines.push(
      '',
      ask(
        url,
        `{ certificate(id: \\"${certificate}\\") { state outcome recovery { activeMaterialPpm } lineage(first: 50) { totalCount nodes { recordType id depth } } } }`,
      ),
    );
  }
  lines.push(
    '',
    `  From the shell: npx passport --as oem pack ${pack ?? '<id>'}; npx passport ledger verify; npx passport --help`,
  );
  return lines;
}

function ask(url: string, query: string, withToken = false): string {
  const token = withToken ? ' -H "authorization: Bearer $TOKEN"' : '';
  return `  curl -s ${url}/graphql -H 'content-type: application/json'${token} -d '{"query":"${query}"}'`;
}
