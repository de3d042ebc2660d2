import type { Context } from '../../platform/http/context.ts'
import { listPendingOperationsOf } from '../payments/operation-queries.ts'
import { listPendingRefundsOf } from '../payments/refund-queries.ts'
import { carryOutRefund } from './carry-out-refund.ts'
import { carryOut } from './operate.ts'

/**
 * Carries out what is saved as pending for these payments. What cannot be done now stays pending: recover does it.
 * @returns how much of it was done.
 */
export async function finishPayments(context: Context, paymentIds: readonly string[]): Promise<number> {
  let done = 0
  const [operations, refunds] = await context.db.read(
    listPendingOperationsOf(paymentIds),
    listPendingRefundsOf(paymentIds),
  )
  for (const operation of operations) done += (await carryOut(context, operation)) === 'settled' ? 1 : 0
  for (const refund of refunds) done += (await carryOutRefund(context, refund)) === 'settled' ? 1 : 0
  return done
}
