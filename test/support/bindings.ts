import { generateKeyPairSync } from 'node:crypto'

/** Variables and secrets of the tests' Worker; keys are made anew for every run. */
export function testBindings() {
  const { privateKey } = generateKeyPairSync('ed25519')
  const key = { ...privateKey.export({ format: 'jwk' }), kid: 'test-1' }
  return {
    STAGE: 'dev',
    SESSION_KEYS: JSON.stringify({ keys: [key] }),
    TEST_PAYMENT_WEBHOOK_SECRET: `whsec_${Buffer.from('a test secret of 32 bytes length').toString('base64')}`,
    CORS_ORIGINS: 'https://shop.example',
    RATE_LIMITS: 'off',
    LOG_LEVEL: 'error',
    // Tests in workerd see no environment but their bindings.
    BUDGETS: process.env.BUDGETS ?? '',
    // D1_LATENCY_MS=5 or 0-20 slows whatever does not say so itself.
    D1_LATENCY_MS: process.env.D1_LATENCY_MS ?? '0',
    CHAOS: process.env.CHAOS ?? '',
    INTERLEAVINGS: process.env.INTERLEAVINGS ?? '',
    INTERLEAVINGS_SEED: process.env.INTERLEAVINGS_SEED ?? '',
    STAFF_WALKS: process.env.STAFF_WALKS ?? '',
    STAFF_WALK_SEED: process.env.STAFF_WALK_SEED ?? '',
    CRASHES: process.env.CRASHES ?? '',
    SPEEDS: process.env.SPEEDS ?? '',
    ORDERS: process.env.ORDERS ?? '',
    ORDERS_SEED: process.env.ORDERS_SEED ?? '',
    FAULTS: process.env.FAULTS ?? '',
    FAULTS_SEED: process.env.FAULTS_SEED ?? '',
    DELIVERIES: process.env.DELIVERIES ?? '',
    HOSTILE: process.env.HOSTILE ?? '',
    PROVIDER: process.env.PROVIDER ?? '',
    SEQUENCES: process.env.SEQUENCES ?? '',
    SEQUENCES_SEED: process.env.SEQUENCES_SEED ?? '',
    CHAOS_SEED: process.env.CHAOS_SEED ?? '',
    EDITS: process.env.EDITS ?? '',
    EDITS_SEED: process.env.EDITS_SEED ?? '',
    DOCUMENTS: process.env.DOCUMENTS ?? '',
    CART_WALKS: process.env.CART_WALKS ?? '',
    CART_WALK_SEED: process.env.CART_WALK_SEED ?? '',
    MONEY_WALKS: process.env.MONEY_WALKS ?? '',
    MONEY_WALK_SEED: process.env.MONEY_WALK_SEED ?? '',
  }
}
