import { route } from '../../../platform/http/route.ts'
import { TestPaymentInput, TestPaymentParams, TestPaymentView } from '../contract.ts'
import { findTestPayment } from './book-queries.ts'
import { decideTestPayment, mustFindTestPayment } from './decide.ts'
import { testPaymentPage } from './page.ts'

export const testPaymentRoutes = [
  route(
    {
      id: 'showTestPayment',
      method: 'get',
      path: '/v1/test-payments/:payment',
      summary: 'Development: the test provider’s page with three buttons',
      access: 'dev',
      limit: 'browse',
      params: TestPaymentParams,
      returns: null,
      statuses: [200],
      problems: ['payment_not_found'],
    },
    async (context, { params }) => testPaymentPage(await mustFindTestPayment(context, params.payment)),
  ),
  route(
    {
      id: 'decideTestPayment',
      method: 'post',
      path: '/v1/test-payments/:payment',
      summary: 'Development: decide a test payment, or do what a dashboard or a bank does; a signed webhook follows',
      access: 'dev',
      limit: 'checkout',
      params: TestPaymentParams,
      body: TestPaymentInput,
      returns: TestPaymentView,
      problems: ['payment_not_found', 'payment_closed'],
      replay: async ({ db }, id) => {
        const [[entry]] = await db.read(findTestPayment(id))
        return { body: { payment_id: id, outcome: entry?.status ?? 'closed', delivered: true } }
      },
    },
    async (context, { params, body }) => {
      const { paymentId, outcome, delivered } = await decideTestPayment(context, params.payment, {
        outcome: body.outcome,
        amount: body.amount ?? null,
      })
      return { body: { payment_id: paymentId, outcome, delivered } }
    },
  ),
]
