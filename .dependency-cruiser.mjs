/**
 * Who may import whom. Left: a folder of packages/core/src. Right: the folders and npm packages that it may use besides
 * itself; NODE stands for the modules of Node. Tests are free.
 */
const NODE = "node:";
const FOLDERS = {
  record: [],
  payment: ["record"],
  insight: ["record"],
  engine: ["record"],
  vault: ["record", NODE],
  contract: ["record"],
  upstream: ["record"],
  client: ["record"],
  "store/authority": ["record"],
  "store/lane": ["record"],
  "store/memory": ["record"],
  "store/sqlite": ["record", "store/lane", NODE],
  "store/postgres": ["record", "store/lane", "pg", "pg-connection-string", NODE],
  "store/dynamodb": ["record", "@aws-sdk"],
  "store/cassandra": ["record", "cassandra-driver"],
  "cache/memory": ["record"],
  "cache/redis": ["record", "@redis"],
  "relay/kafka": ["record", "relay", "kafkajs", "@confluentinc", "@platformatic"],
  relay: ["record"],
  "http/protocol": ["record"],
  "http/fetch": ["record", "engine", "http/protocol"],
  "http/node": ["record", "engine", "http/protocol", NODE],
  "http/fastify": ["record", "engine", "http/protocol", "fastify", "fastify-plugin"],
  "http/express": ["record", "engine", "http/protocol", "express"],
  "http/hono": ["record", "engine", "http/protocol", "hono"],
  "http/nest": ["record", "engine", "http/protocol", "@nestjs", "rxjs", "reflect-metadata"],
};

const CORE = "^packages/core/src/";
const TESTS = "\\.test\\.ts$";
const names = Object.keys(FOLDERS);

const folderRules = names.map((name) => {
  const inner = names.filter((other) => other.startsWith(`${name}/`)).map((other) => `${CORE}${other}/`);
  const allowed = FOLDERS[name].filter((it) => it !== NODE);
  return {
    name: `${name} imports only ${["itself", ...FOLDERS[name]].join(", ")}`,
    severity: "error",
    from: { path: `${CORE}${name}/`, pathNot: [TESTS, ...inner] },
    to: {
      pathNot: [name, ...allowed].map((it) => (it in FOLDERS ? `${CORE}${it}/` : `(^|/)node_modules/${it}/`)),
      ...(FOLDERS[name].includes(NODE) ? { dependencyTypesNot: ["core"] } : {}),
    },
  };
});

const rules = [
  {
    name: "every folder of core has its row in the table",
    from: { path: CORE, pathNot: [TESTS, ...names.map((name) => `${CORE}${name}/`)] },
    to: {},
  },
  {
    name: "gateway/flow imports only itself, record, engine, http/protocol",
    from: { path: "^packages/gateway/src/flow/", pathNot: TESTS },
    to: { pathNot: ["^packages/gateway/src/flow/", `${CORE}(record|engine|http/protocol)/`] },
  },
  {
    name: "a package is imported by its public entries",
    from: { path: "^(packages/[^/]+|examples/[^/]+|tools)/", pathNot: TESTS },
    to: { path: "^(packages|examples|tools)/", pathNot: "^$1/", dependencyTypes: ["local"] },
  },
  { name: "core imports no other package", from: { path: CORE, pathNot: TESTS }, to: { path: "^packages/(?!core/)" } },
  {
    name: "nothing but tests imports test or bench",
    from: { path: "^(packages|examples|tools)/", pathNot: TESTS },
    to: { path: ["^(test|bench)/", TESTS] },
  },
  { name: "no cycles", from: { pathNot: "^(test|bench)/" }, to: { circular: true } },
  { name: "every import leads somewhere", from: {}, to: { couldNotResolve: true } },
].map((rule) => ({ severity: "error", ...rule }));

export default {
  forbidden: [...folderRules, ...rules],
  options: {
    parser: "swc", // TypeScript 7 has no programming interface yet
    // Tests may import anything, and swc cannot parse `await using`: they are listed, not read.
    doNotFollow: { path: ["node_modules", "^test/", "\\.test\\.ts$"] },
    exclude: { path: "(^|/)dist/" },
    enhancedResolveOptions: {
      exportsFields: ["exports"],
      conditionNames: ["semel-source", "import", "node", "default"],
      extensions: [".ts", ".js"],
    },
  },
};
