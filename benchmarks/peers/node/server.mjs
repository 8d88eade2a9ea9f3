// A GraphQL server on Node over the exported answers: node server.mjs NAME PORT SDL ANSWERS
//
// All of them serve the whole schema. Objects come as the export has them; the only resolvers are
// those that have something to do: finding a code, and cutting a list to what was asked for.
import { readFileSync } from "node:fs";
import { createServer } from "node:http";
import { ApolloServer } from "@apollo/server";
import { expressMiddleware } from "@as-integrations/express5";
import { makeExecutableSchema } from "@graphql-tools/schema";
import express from "express";
import Fastify from "fastify";
import { createYoga } from "graphql-yoga";
import mercurius from "mercurius";

const [name, port, sdl, answers] = process.argv.slice(2);
const typeDefs = readFileSync(sdl, "utf8");
const codes = JSON.parse(readFileSync(answers, "utf8"));

const cut = (field) => (parent, { first }) => {
  const whole = parent[field];
  return whole.edges.length <= first ? whole : { ...whole, edges: whole.edges.slice(0, first) };
};
const byName = { __resolveType: (value) => value.__typename };
const resolvers = {
  Query: {
    code: (_, { ref }) =>
      codes[`${ref.system} ${ref.code}`] ?? {
        __typename: "CodeMiss",
        ref,
        reason: "UNKNOWN_CODE",
        message: "not exported",
        foundInSystems: [],
        suggestions: [],
      },
  },
  CodeResult: byName,
  Concept: byName,
  Node: byName,
  Procedure: {
    indications: cut("indications"),
    personnel: cut("personnel"),
    alternatives: cut("alternatives"),
    similar: cut("similar"),
  },
  Alternative: { procedures: cut("procedures") },
};

// Introspection and what explores it are left on; logging is off; caches are as each comes.
const servers = {
  async apollo() {
    const server = new ApolloServer({ typeDefs, resolvers });
    await server.start();
    const app = express();
    app.use("/graphql", express.json(), expressMiddleware(server));
    createServer(app).listen(port, "127.0.0.1");
  },
  async yoga() {
    const schema = makeExecutableSchema({ typeDefs, resolvers });
    createServer(createYoga({ schema, logging: false })).listen(port, "127.0.0.1");
  },
  async mercurius(jit = 0) {
    const app = Fastify({ logger: false });
    app.register(mercurius, { schema: typeDefs, resolvers, path: "/graphql", jit });
    await app.listen({ port: Number(port), host: "127.0.0.1" });
  },
  "mercurius-jit": () => servers.mercurius(1),
};
await servers[name]();
