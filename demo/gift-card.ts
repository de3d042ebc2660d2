import { normaliseGiftCode } from '../src/domain/gift-card.ts'
import type { Mint } from '../src/domain/id.ts'
import { issueGiftCard } from '../src/features/giftcards/queries.ts'
import { sha256Hex } from '../src/platform/crypto/hash.ts'
import type { Write } from '../src/platform/db/client.ts'

/** Known to everybody, and therefore in the demo shop alone. */
export const DEMO_CODE = 'DEMO-GIFT-CARD-0050'

/** A card of $50.00, to try one without issuing it. */
export async function issueDemoCard(mint: Mint, opened: Date): Promise<Write[]> {
  const code = normaliseGiftCode(DEMO_CODE)
  const at = opened.getTime()
  return issueGiftCard(
    {
      ...{ id: mint('giftCard'), kind: 'gift_card', codeHash: await sha256Hex(code), last4: code.slice(-4) },
      ...{ currency: 'USD', initialAmount: 5000, balance: 5000, status: 'active', customerKey: null, expiresAt: null },
      ...{ note: `The demo shop’s: ${DEMO_CODE}`, version: 1, createdAt: at, updatedAt: at },
    },
    'system:seed',
  )
}
