import { common, msp, peer } from '@hyperledger/fabric-protos';

import { parseBlock } from '../block/block.js';
import { HEADER_TYPE, parseChannelHeader, parseEnvelope, parsePayload } from '../block/envelope.js';
import { NetworkError } from '../network-error.js';

/** An organisation of the channel, as the channel's configuration knows it. */
export interface ChannelOrganisation {
  readonly mspId: string;
  readonly rootCertificatePem: string;
  readonly tlsRootCertificatePem: string;
  /** Whether its peers' endorsements count. */
  readonly endorses: boolean;
}

/** A private data collection: whose peers hold its values, and whose clients may read and write them. */
export interface PrivateCollection {
  readonly name: string;
  /** MSP ids. */
  readonly members: readonly string[];
  /** Whether only clients of members may read; the contract still decides what it answers. */
  readonly memberOnlyRead: boolean;
  readonly memberOnlyWrite: boolean;
}

/** What all nodes agree on before the first transaction; block 0 holds it, and later configuration blocks replace it. */
export interface ChannelConfig {
  readonly channel: string;
  readonly chaincode: string;
  readonly chaincodeVersion: string;
  readonly organisations: readonly ChannelOrganisation[];
  /** How many of the endorsing organisations must endorse a transaction. */
  readonly requiredEndorsements: number;
  readonly collections: readonly PrivateCollection[];
  /** Who signs blocks. */
  readonly orderer: { readonly mspId: string; readonly certificatePem: string };
}

/** A `common.ConfigEnvelope` with its sequence, as a configuration block holds it. */
export interface SequencedConfig {
  readonly sequence: number;
  readonly config: ChannelConfig;
}

const APPLICATION = 'Application';
const ORDERER = 'Orderer';
const ENDORSEMENT = 'Endorsement';
const CHAINCODE_DEFINITION = 'ChaincodeDefinition';

/**
 * A serialised `common.ConfigEnvelope` in Fabric's own messages. Its content is reduced: organisations with their MSPs,
 * the endorsement policy, the orderer, and the committed chaincode definition, which a Fabric channel keeps in the
 * `_lifecycle` namespace.
 */
export function encodeChannelConfig({ sequence, config }: SequencedConfig): Uint8Array {
  const application = new common.ConfigGroup();
  for (const organisation of config.organisations) {
    const group = new common.ConfigGroup();
    group.getValuesMap().set('MSP', configValue(encodeMsp(organisation)));
    application.getGroupsMap().set(organisation.mspId, group);
  }
  const policy = new common.Policy();
  policy.setType(common.Policy.PolicyType.SIGNATURE);
  policy.setValue(encodePolicy(config).serializeBinary());
  const configPolicy = new common.ConfigPolicy();
  configPolicy.setPolicy(policy);
  application.getPoliciesMap().set(ENDORSEMENT, configPolicy);
  application.getValuesMap().set(CHAINCODE_DEFINITION, configValue(encodeChaincodeDefinition(config)));

  const consenter = new common.Consenter();
  consenter.setId(1);
  consenter.setMspId(config.orderer.mspId);
  consenter.setIdentity(Buffer.from(config.orderer.certificatePem));
  const orderers = new common.Orderers();
  orderers.addConsenterMapping(consenter);
  const orderer = new common.ConfigGroup();
  orderer.getValuesMap().set('Orderers', configValue(orderers.serializeBinary()));

  const channel = new common.ConfigGroup();
  channel.getGroupsMap().set(APPLICATION, application).set(ORDERER, orderer);
  const message = new common.Config();
  message.setSequence(sequence);
  message.setChannelGroup(channel);
  const envelope = new common.ConfigEnvelope();
  envelope.setConfig(message);
  return envelope.serializeBinary();
}

/**
 * Reads the configuration out of a configuration block.
 * @param block - Serialised `common.Block`.
 * @throws NetworkError `BLOCK_MALFORMED` where the block is not one of this ledger's configuration blocks.
 */
export function readChannelConfig(block: Uint8Array): SequencedConfig {
  try {
    const envelope = parseBlock(block).envelopes[0];
    if (envelope === undefined) throw new Error('it holds no envelope');
    const { header, data } = parsePayload(parseEnvelope(envelope).payload);
    const { type, channelId } = parseChannelHeader(header.channelHeader);
    if (type !== HEADER_TYPE.CONFIG) throw new Error(`its envelope has type ${type}`);
    return parseChannelConfig(channelId, data);
  } catch (cause) {
    throw new NetworkError('BLOCK_MALFORMED', `not a configuration block: ${(cause as Error).message}`, { cause });
  }
}

function parseChannelConfig(channelId: string, bytes: Uint8Array): SequencedConfig {
  const message = common.ConfigEnvelope.deserializeBinary(bytes).getConfig();
  const channel = message?.getChannelGroup()?.getGroupsMap();
  const application = channel?.get(APPLICATION);
  const definitionValue = application?.getValuesMap().get(CHAINCODE_DEFINITION)?.getValue_asU8();
  const policyValue = application?.getPoliciesMap().get(ENDORSEMENT)?.getPolicy()?.getValue_asU8();
  const orderersValue = channel?.get(ORDERER)?.getValuesMap().get('Orderers')?.getValue_asU8();
  if (message === undefined || application === undefined) throw new Error('it has no application group');
  if (definitionValue === undefined) throw new Error('it has no chaincode definition');
  if (policyValue === undefined) throw new Error('it has no endorsement policy');
  const consenter = common.Orderers.deserializeBinary(orderersValue ?? new Uint8Array(0)).getConsenterMappingList()[0];
  if (consenter === undefined) throw new Error('it has no orderer');

  const definition = peer.lifecycle.CommitChaincodeDefinitionArgs.deserializeBinary(definitionValue);
  const policy = parsePolicy(common.SignaturePolicyEnvelope.deserializeBinary(policyValue));
  const organisations: ChannelOrganisation[] = [];
  application.getGroupsMap().forEach((group, mspId) => {
    organisations.push(parseMsp(mspId, group, policy.organisations.includes(mspId)));
  });
  return {
    sequence: message.getSequence(),
    config: {
      channel: channelId,
      chaincode: definition.getName(),
      chaincodeVersion: definition.getVersion(),
      organisations,
      requiredEndorsements: policy.required,
      collections: (definition.getCollections()?.getConfigList() ?? []).map(parseCollection),
      orderer: {
        mspId: consenter.getMspId(),
        certificatePem: Buffer.from(consenter.getIdentity_asU8()).toString(),
      },
    },
  };
}

function configValue(bytes: Uint8Array): common.ConfigValue {
  const value = new common.ConfigValue();
  value.setValue(bytes);
  return value;
}

function encodeMsp(organisation: ChannelOrganisation): Uint8Array {
  const nodeOus = new msp.FabricNodeOUs();
  nodeOus.setEnable(true);
  nodeOus.setClientOuIdentifier(organisationalUnit('client'));
  nodeOus.setPeerOuIdentifier(organisationalUnit('peer'));
  nodeOus.setAdminOuIdentifier(organisationalUnit('admin'));
  nodeOus.setOrdererOuIdentifier(organisationalUnit('orderer'));
  const fabricMsp = new msp.FabricMSPConfig();
  fabricMsp.setName(organisation.mspId);
  fabricMsp.setRootCertsList([Buffer.from(organisation.rootCertificatePem)]);
  fabricMsp.setTlsRootCertsList([Buffer.from(organisation.tlsRootCertificatePem)]);
  fabricMsp.setFabricNodeOus(nodeOus);
  const config = new msp.MSPConfig();
  config.setConfig(fabricMsp.serializeBinary());
  return config.serializeBinary();
}

function organisationalUnit(name: string): msp.FabricOUIdentifier {
  const identifier = new msp.FabricOUIdentifier();
  identifier.setOrganizationalUnitIdentifier(name);
  return identifier;
}

function parseMsp(mspId: string, group: common.ConfigGroup, endorses: boolean): ChannelOrganisation {
  const value = group.getValuesMap().get('MSP')?.getValue_asU8();
  if (value === undefined) throw new Error(`organisation ${mspId} has no MSP`);
  const config = msp.FabricMSPConfig.deserializeBinary(msp.MSPConfig.deserializeBinary(value).getConfig_asU8());
  return {
    mspId,
    rootCertificatePem: Buffer.from(config.getRootCertsList_asU8()[0] ?? []).toString(),
    tlsRootCertificatePem: Buffer.from(config.getTlsRootCertsList_asU8()[0] ?? []).toString(),
    endorses,
  };
}

function encodeChaincodeDefinition(config: ChannelConfig): Uint8Array {
  const applicationPolicy = new peer.ApplicationPolicy();
  applicationPolicy.setChannelConfigPolicyReference(`/Channel/${APPLICATION}/${ENDORSEMENT}`);
  const collections = new peer.CollectionConfigPackage();
  for (const collection of config.collections) collections.addConfig(encodeCollection(collection));
  const definition = new peer.lifecycle.CommitChaincodeDefinitionArgs();
  definition.setSequence(1);
  definition.setName(config.chaincode);
  definition.setVersion(config.chaincodeVersion);
  definition.setEndorsementPlugin('escc');
  definition.setValidationPlugin('vscc');
  definition.setValidationParameter(applicationPolicy.serializeBinary());
  definition.setCollections(collections);
  return definition.serializeBinary();
}

function encodeCollection(collection: PrivateCollection): peer.CollectionConfig {
  const members = new peer.CollectionPolicyConfig();
  members.setSignaturePolicy(signaturePolicy(collection.members, 1, msp.MSPRole.MSPRoleType.MEMBER));
  const fixed = new peer.StaticCollectionConfig();
  fixed.setName(collection.name);
  fixed.setMemberOrgsPolicy(members);
  fixed.setMemberOnlyRead(collection.memberOnlyRead);
  fixed.setMemberOnlyWrite(collection.memberOnlyWrite);
  const config = new peer.CollectionConfig();
  config.setStaticCollectionConfig(fixed);
  return config;
}

function parseCollection(config: peer.CollectionConfig): PrivateCollection {
  const fixed = config.getStaticCollectionConfig();
  const members = fixed?.getMemberOrgsPolicy()?.getSignaturePolicy();
  if (fixed === undefined || members === undefined) throw new Error('a collection has no member policy');
  return {
    name: fixed.getName(),
    members: parsePolicy(members).organisations,
    memberOnlyRead: fixed.getMemberOnlyRead(),
    memberOnlyWrite: fixed.getMemberOnlyWrite(),
  };
}

function encodePolicy(config: ChannelConfig): common.SignaturePolicyEnvelope {
  const endorsers = config.organisations.filter(({ endorses }) => endorses).map(({ mspId }) => mspId);
  return signaturePolicy(endorsers, config.requiredEndorsements, msp.MSPRole.MSPRoleType.PEER);
}

function signaturePolicy(
  organisations: readonly string[],
  required: number,
  role: msp.MSPRole.MSPRoleTypeMap[keyof msp.MSPRole.MSPRoleTypeMap],
): common.SignaturePolicyEnvelope {
  const rule = new common.SignaturePolicy.NOutOf();
  rule.setN(required);
  const envelope = new common.SignaturePolicyEnvelope();
  organisations.forEach((mspId, index) => {
    const member = new msp.MSPRole();
    member.setMspIdentifier(mspId);
    member.setRole(role);
    const principal = new msp.MSPPrincipal();
    principal.setPrincipalClassification(msp.MSPPrincipal.Classification.ROLE);
    principal.setPrincipal(member.serializeBinary());
    envelope.addIdentities(principal);
    const signedBy = new common.SignaturePolicy();
    signedBy.setSignedBy(index);
    rule.addRules(signedBy);
  });
  const policy = new common.SignaturePolicy();
  policy.setNOutOf(rule);
  envelope.setRule(policy);
  return envelope;
}

function parsePolicy(envelope: common.SignaturePolicyEnvelope): { organisations: string[]; required: number } {
  return {
    organisations: envelope
      .getIdentitiesList()
      .map((principal) => msp.MSPRole.deserializeBinary(principal.getPrincipal_asU8()).getMspIdentifier()),
    required: envelope.getRule()?.getNOutOf()?.getN() ?? 1,
  };
}
