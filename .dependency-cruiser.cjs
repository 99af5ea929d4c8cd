// The import law, as one table. Lowest first. A folder may import those listed beside it and nothing else of ours.
const MAY_IMPORT = {
  proto: [],
  "agent/core": ["proto"],
  "agent/platform": ["agent/core", "proto"],
  "agent/settings": ["agent/core", "proto"],
  "agent/drivers": ["agent/core", "proto"],
  "agent/sampler": ["agent/core", "proto"],
  "agent/store": ["agent/core", "proto"],
  "agent/attest": ["agent/core", "proto"],
  "agent/transport": ["agent/core", "proto"],
  "agent/status": ["agent/core", "proto"],
  coordinator: ["proto"],
};
// One npm package, one home (or the few homes that are named).
const HOME = {
  "better-sqlite3": ["agent/store", "coordinator/ledger", "scripts", "test"],
  mqtt: ["agent/transport", "coordinator/intake", "scripts", "test"],
  "@grpc/grpc-js": [
    "agent/transport",
    "agent/drivers/links",
    "coordinator/intake",
    "scripts/simulate",
    "test",
  ],
  "http-auth-utils": ["agent/drivers/links", "test"],
  aedes: ["coordinator/intake", "test", "scripts"],
  winston: ["agent/platform", "coordinator/log.ts"],
  "node-cron": ["agent/platform", "agent/store"],
  "@noble/curves": ["agent/attest", "coordinator/verify", "test"],
  secp256k1: ["coordinator/verify", "test", "scripts"],
  ethers: ["agent/commands", "coordinator/commands", "coordinator/chain", "test", "scripts"],
  systeminformation: ["agent/drivers/hosts"],
  tap: ["test"],
};
const quoted = (path) => path.replaceAll(".", "\\.");
const own = (path) => (path.endsWith(".ts") ? `^${quoted(path)}$` : `^${quoted(path)}/`);

module.exports = {
  forbidden: [
    {
      name: "no-circular",
      comment:
        "Type imports count too: a cycle means that two files are one, or that a word belongs lower.",
      severity: "error",
      from: {},
      to: { circular: true },
    },
    ...Object.entries(MAY_IMPORT).map(([folder, allowed]) => ({
      name: `${folder.replaceAll("/", "-")}-looks-down-only`,
      comment:
        "A stage never imports a sibling: declare what you need as a local type, app.ts passes it.",
      severity: "error",
      from: { path: own(folder) },
      to: {
        path: "^(agent|coordinator|proto|scripts|test)/",
        pathNot: [folder, ...allowed].map(own),
      },
    })),
    ...Object.entries(HOME).map(([name, homes]) => ({
      name: `${name.replaceAll(/[@/]/g, "")}-stays-at-home`,
      comment: "One npm package, one home.",
      severity: "error",
      from: { pathNot: [...homes.map(own), "^node_modules/"] },
      to: { path: `^node_modules/(@types/)?${name}/` },
    })),
    {
      name: "drivers-touch-no-socket",
      comment:
        "Sockets and child processes live in agent/drivers/links; a driver is bytes in, readings out.",
      severity: "error",
      from: { path: "^agent/drivers/(miners|asics|gpus|decode)/" },
      to: { dependencyTypes: ["core"] },
    },
    {
      name: "sockets-only-in-links",
      severity: "error",
      from: { path: "^agent/(core|sampler|store|attest|drivers/[^/]+\\.ts$)" },
      to: { path: "^(node:)?(net|http|https|tls|dgram|child_process)$" },
    },
    {
      name: "agent-and-coordinator-are-strangers",
      severity: "error",
      from: { path: "^agent/" },
      to: { path: "^coordinator/" },
    },
    {
      name: "nothing-imports-tests",
      severity: "error",
      from: { path: "^(agent|coordinator|proto|scripts)/" },
      to: { path: "^test/" },
    },
    {
      name: "product-imports-no-script",
      severity: "error",
      from: { path: "^(agent|coordinator|proto)/" },
      to: { path: "^scripts/" },
    },
  ],
  options: {
    doNotFollow: { path: "node_modules" },
    tsPreCompilationDeps: true,
    tsConfig: { fileName: "tsconfig.json" },
  },
};
