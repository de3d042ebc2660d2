import path from 'node:path'
import { cloudflareTest, readD1Migrations } from '@cloudflare/vitest-plugin'
import { defineConfig } from 'vitest/config'
import { withoutDocument } from './scripts/build/without-document.ts'
import { testBindings } from './test/support/bindings.ts'

// Read by the tests' Worker like every secret; wrangler warns where a required one is nowhere.
const bindings = testBindings()
process.env.SESSION_KEYS = bindings.SESSION_KEYS

// Pure tests run in plain Node; the rest in workerd with real D1, KV and queues, in three workers with a shop each. All files
// of a worker share an isolate: isolation a file would cost a second each, so tests use ids of their own instead.
export default defineConfig({
  test: {
    projects: [
      { test: { name: 'node', include: ['test/*.test.ts', 'test/{domain,features,platform}/**/*.test.ts'] } },
      {
        plugins: [
          // As what is deployed: see scripts/build.
          withoutDocument(),
          cloudflareTest(async () => ({
            main: './src/worker.ts',
            wrangler: { configPath: './wrangler.toml' },
            miniflare: {
              // A shop that grows large keeps to itself: see test/support/scale.ts.
              // So does the search index that is wiped and made anew: see test/support/search-shop.ts.
              // So does one that has been there since before some migrations: see test/http/old-rows.test.ts.
              // And one in which nothing may be found but what was judged: see test/promises/search-relevance.test.ts.
              // And one of which everything is known, to be listed in plain code: see test/promises/list-filters.test.ts.
              d1Databases: { SCALE: 'scale', SEARCH: 'search', OLD: 'old', JUDGED: 'judged', FILTERED: 'filtered' },
              kvNamespaces: { SCALE_CACHE: 'scale-cache', OLD_CACHE: 'old-cache', SEARCH_CACHE: 'search-cache' },
              bindings: {
                ...bindings,
                MIGRATIONS: await readD1Migrations(path.join(import.meta.dirname, 'migrations')),
              },
            },
          })),
        ],
        test: {
          name: 'workers',
          include: ['test/{http,jobs,promises,providers}/**/*.test.ts'],
          setupFiles: ['./test/support/setup.ts'],
          isolate: false,
          maxWorkers: 3,
          testTimeout: 30_000,
        },
      },
    ],
  },
})
