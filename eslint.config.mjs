// Only what needs types. Everything else is Biome's.
import tseslint from "typescript-eslint";

export default tseslint.config(
  // Not test/: tap's t.test() returns a promise that tap itself awaits, so every test would be flagged.
  { ignores: ["test/**", "proto/gen/**", "dist/**", "**/*.mjs", "**/*.cjs", ".tap/**"] },
  {
    files: ["{proto,agent,coordinator,scripts}/**/*.ts"],
    languageOptions: { parser: tseslint.parser, parserOptions: { projectService: true } },
    plugins: { "@typescript-eslint": tseslint.plugin },
    rules: {
      "@typescript-eslint/no-floating-promises": "error",
      "@typescript-eslint/no-misused-promises": "error",
      "@typescript-eslint/await-thenable": "error",
      "@typescript-eslint/switch-exhaustiveness-check": "error",
    },
  },
);
