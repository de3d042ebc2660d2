import { fakeMollie } from '../support/fakes/mollie.ts'
import { describeProvider, itKnowsItsOwn } from '../support/provider-contract.ts'

describeProvider(fakeMollie)
itKnowsItsOwn(fakeMollie)
