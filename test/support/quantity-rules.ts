import { systemContext } from '../../src/jobs/context.ts'
import { raiseGeneration } from '../../src/platform/generations.ts'
import type { Api } from './api.ts'

export interface Rule {
  min?: number
  max?: number | null
  step?: number
}

/** Gives a variant a quantity rule, as staff would: the catalog's generation rises with it. */
export async function setQuantityRule(api: Api, variantId: string, { min = 1, max = null, step = 1 }: Rule) {
  const statement = 'UPDATE variants SET min_quantity = ?, max_quantity = ?, quantity_step = ? WHERE id = ?'
  await api.bindings.DB.prepare(statement).bind(min, max, step, variantId).run()
  await systemContext('test', api.bindings, api.deps, () => {}).db.commit([raiseGeneration()])
}
