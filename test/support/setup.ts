import { applyD1Migrations, type D1Migration } from 'cloudflare:test'
import { env } from 'cloudflare:workers'
import { testEnv } from './env.ts'
import { seedShop } from './shop.ts'

await applyD1Migrations(testEnv().DB, (env as unknown as { MIGRATIONS: D1Migration[] }).MIGRATIONS)
await seedShop()
