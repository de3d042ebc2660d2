import { cutPage, openCursor } from '../../platform/db/page.ts'
import { route } from '../../platform/http/route.ts'
import { shape } from '../../platform/http/schema.ts'
import { listOf } from '../../platform/http/shapes.ts'
import { replyWith } from '../../platform/http/staff-change.ts'
import {
  AdjustGiftCard,
  GiftCardParams,
  GiftCardQuery,
  GiftCardSummaryView,
  GiftCardView,
  IssuedGiftCardView,
  IssueGiftCard,
  type LedgeredCard,
  toGiftCardSummaryView,
  toGiftCardView,
  UpdateGiftCard,
} from './contract.ts'
import { adjustCard, editCard, issueCard, mustFindGiftCard } from './edit.ts'
import { listGiftCards } from './queries.ts'

const LIST = '/v1/admin/gift-cards'
const reply = replyWith(LIST, toGiftCardView)

/** @param code as it is printed; null where it is not known any more. */
function issued(card: LedgeredCard, code: string | null) {
  const { version, headers } = reply(card, 201)
  return {
    status: 201,
    body: { ...toGiftCardView(card), code },
    ...(version ? { version } : {}),
    ...(headers ? { headers } : {}),
  }
}

export const giftCardAdminRoutes = [
  route(
    {
      id: 'issueGiftCard',
      method: 'post',
      path: LIST,
      summary: 'Issue a gift card or store credit; its code is in this answer and nowhere else',
      access: { staff: 'giftcards:write' },
      limit: 'staff',
      body: IssueGiftCard,
      returns: IssuedGiftCardView,
      statuses: [201],
      problems: [],
      // A retry must not issue a second card, and the code of the first is stored nowhere: its card is shown without it.
      replay: async (context, id) => issued(await mustFindGiftCard(context, id), null),
    },
    async (context, { body }) => {
      const { card, code } = await issueCard(context, body)
      return issued(card, code)
    },
  ),
  route(
    {
      id: 'listGiftCards',
      method: 'get',
      path: LIST,
      summary: 'Gift cards and store credit, newest first; filter by the end of the code',
      access: { staff: 'giftcards:read' },
      limit: 'staff',
      query: GiftCardQuery,
      returns: shape(() => listOf(GiftCardSummaryView())),
      problems: ['invalid_cursor'],
    },
    async ({ db }, { query }) => {
      const list = `admin/gift-cards?last4=${query.last4 ?? ''}`
      const position = await openCursor(list, query.cursor, ['text'])
      const [rows] = await db.read(listGiftCards({ last4: query.last4 }, position?.[0] ?? null, query.limit + 1))
      const page = await cutPage(rows, query.limit, list, ({ id }) => [id])
      return { body: { data: page.rows.map(toGiftCardSummaryView), next_cursor: page.nextCursor } }
    },
  ),
  route(
    {
      id: 'getGiftCard',
      method: 'get',
      path: `${LIST}/:gift_card`,
      summary: 'A gift card with its ledger',
      access: { staff: 'giftcards:read' },
      limit: 'staff',
      params: GiftCardParams,
      returns: GiftCardView,
      problems: ['gift_card_not_found'],
    },
    async (context, { params }) => reply(await mustFindGiftCard(context, params.gift_card)),
  ),
  route(
    {
      id: 'updateGiftCard',
      method: 'patch',
      path: `${LIST}/:gift_card`,
      summary: 'Disable or enable a gift card, or change its end or note',
      access: { staff: 'giftcards:write' },
      limit: 'staff',
      params: GiftCardParams,
      body: UpdateGiftCard,
      returns: GiftCardView,
      problems: ['gift_card_not_found', 'version_mismatch'],
    },
    async (context, { params, body, ifMatch }) => reply(await editCard(context, params.gift_card, body, ifMatch)),
  ),
  route(
    {
      id: 'adjustGiftCard',
      method: 'post',
      path: `${LIST}/:gift_card/adjustments`,
      summary: 'Add to a gift card or take from it, with a reason that stays in the ledger',
      access: { staff: 'giftcards:write' },
      limit: 'staff',
      params: GiftCardParams,
      body: AdjustGiftCard,
      returns: GiftCardView,
      statuses: [201],
      problems: ['gift_card_not_found'],
      replay: async (context, id) => reply(await mustFindGiftCard(context, id), 201),
    },
    async (context, { params, body }) => reply(await adjustCard(context, params.gift_card, body), 201),
  ),
]
