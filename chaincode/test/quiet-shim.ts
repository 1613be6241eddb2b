// The shim's libraries log every decorator at import, to standard output; this module is imported before they are.
process.env.CORE_CHAINCODE_LOGGING_LEVEL ??= 'ERROR';
